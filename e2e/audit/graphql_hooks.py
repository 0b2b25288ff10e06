"""What schemathesis has to be told about GraphQL besides the schema: how our scalars are written, and which errors are
answers. Arguments that fit their types may still name things that are not there, or break a rule of the product."""

import schemathesis
from hypothesis import strategies
from schemathesis.graphql import nodes, scalar

dates = strategies.dates().map(lambda day: day.isoformat())
moments = strategies.datetimes().map(lambda moment: f"{moment.isoformat(timespec='seconds')}Z")
scalar("Date", dates.map(nodes.String))
scalar("DateTime", moments.map(nodes.String))
scalar("Long", strategies.integers(-(2**53), 2**53).map(nodes.Int))

# Refusals of a resolver, each at the path of its field.
RESOLVED = {"BAD_USER_INPUT", "CONFLICT", "FORBIDDEN", "NOT_FOUND"}
# Refusals of a whole document, before any of it runs: what it would cost, and what the token lacks.
DOCUMENT = {"COST_EXCEEDED", "FORBIDDEN"}


def is_refusal(error):
    code = error.get("extensions", {}).get("code")
    return code in (RESOLVED if "path" in error else DOCUMENT)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether a failure is one: an answer all of whose errors are refusals is none."""
    errors = getattr(failure, "errors", None)
    return not errors or not all(is_refusal(error) for error in errors)
