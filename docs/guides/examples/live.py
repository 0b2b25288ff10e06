"""Follows a workspace's tasks as they change, and starts again where it stopped.

    pip install "gql[websockets]"
    SMARTSTACK_URL=https://… SMARTSTACK_TOKEN=ss_pat_… SMARTSTACK_WORKSPACE=ws_… python live.py
"""

import asyncio
import os

from gql import Client, gql
from gql.transport.exceptions import TransportError
from gql.transport.websockets import WebsocketsTransport

URL = os.environ["SMARTSTACK_URL"]
TOKEN = os.environ["SMARTSTACK_TOKEN"]
WORKSPACE = os.environ["SMARTSTACK_WORKSPACE"]

CHANGES = gql("""
  subscription ($workspaceId: ID!, $after: String) {
    changes(workspaceId: $workspaceId, after: $after, filter: { kinds: [TASK] }) {
      cursor
      operation
      id
      node { ... on Task { title status } }
    }
  }
""")


async def follow(after: str | None) -> None:
    while True:
        transport = WebsocketsTransport(
            url=URL.replace("http", "ws", 1) + "/graphql/ws",
            init_payload={"authorization": f"Bearer {TOKEN}"},
            subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
        )
        CHANGES.variable_values = {"workspaceId": WORKSPACE, "after": after}
        try:
            async with Client(transport=transport) as session:
                async for answer in session.subscribe(CHANGES):
                    change = answer["changes"]
                    node = change["node"] or {}
                    print(change["operation"], change["id"], node.get("title", ""), node.get("status", ""), flush=True)
                    # Keep it where it survives a restart: a file, a row. Nothing is missed for 30 days.
                    after = change["cursor"]
        except (TransportError, OSError) as problem:
            print("Asking again:", problem, flush=True)
        await asyncio.sleep(1)


asyncio.run(follow(os.environ.get("SMARTSTACK_AFTER")))
