//! The addresses below `/api/v1` that are not handled here, described all the same: signing in, accounts, the
//! audit log; and health. They answer browsers' pages and platforms, in forms of their own.

use serde_json::{Map, Value, json};

use super::caller::{SESSION, TOKEN};

/// A body's or an answer's fields, each a name with its JSON type and what it is; `?` behind a name: it may be
/// null or left out.
type Fields = &'static [(&'static str, &'static str, &'static str)];

/// An operation.
struct Operation {
    method: &'static str,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    about: &'static str,
    body: Option<Fields>,
    /// Status, what it means, and what is answered.
    answers: &'static [(u16, &'static str, Option<Fields>)],
    problems: &'static [u16],
}

/// The person who has just signed in.
const SIGNED_IN: Fields = &[("user", "Person", "Who is signed in; the session is in cookies.")];
const STATUS: Fields = &[("status", "string", "What is to come next.")];
const CODES: Fields = &[("recoveryCodes", "strings", "Good once each; shown this once.")];
const GO: Fields = &[("url", "string", "Where the browser is to go.")];
const PASSWORD: (&str, &str, &str) = ("currentPassword", "string", "The password, once more.");

/// Signing in and out. For pages of this installation alone.
const AUTH: &[Operation] = &[
    Operation {
        method: "post",
        path: "/api/v1/auth/sign-up",
        id: "authSignUp",
        summary: "Sign up",
        about: "A mail with a link follows, whether the address has an account or not.",
        body: Some(&[
            ("name", "string", "What the person is called."),
            ("email", "string", "Where the link goes."),
            ("password", "string", "At least 12 characters."),
        ]),
        answers: &[(202, "A mail is on its way.", Some(STATUS))],
        problems: &[400, 403, 413, 415, 422, 429],
    },
    Operation {
        method: "post",
        path: "/api/v1/auth/confirm",
        id: "authConfirm",
        summary: "Confirm a sign-up",
        about: "With the token of the mail's link.",
        body: Some(&[("token", "string", "The token in the link.")]),
        answers: &[(200, "Signed in.", Some(SIGNED_IN))],
        problems: &[400, 403, 404, 409, 410, 413, 415, 422],
    },
    Operation {
        method: "post",
        path: "/api/v1/auth/join",
        id: "authJoin",
        summary: "Join by an invitation",
        about: "Makes the account of somebody who was invited.",
        body: Some(&[
            ("token", "string", "The token in the link."),
            ("name", "string", "What the person is called."),
            ("password", "string", "At least 12 characters."),
        ]),
        answers: &[(200, "Signed in.", Some(SIGNED_IN))],
        problems: &[400, 403, 409, 410, 413, 415, 422, 429],
    },
    Operation {
        method: "post",
        path: "/api/v1/auth/sign-in",
        id: "authSignIn",
        summary: "Sign in",
        about: "Sets the session's cookies.",
        body: Some(&[
            ("email", "string", "The account's address."),
            ("password", "string", "Its password."),
        ]),
        answers: &[
            (200, "Signed in.", Some(SIGNED_IN)),
            (202, "A second factor is wanted.", Some(STATUS)),
        ],
        problems: &[400, 401, 403, 413, 415, 422, 429],
    },
    Operation {
        method: "post",
        path: "/api/v1/auth/second-factor",
        id: "authSecondFactor",
        summary: "Give the second factor",
        about: "Within a few minutes after the password.",
        body: Some(&[("code", "string", "Of the authenticator app, or a recovery code.")]),
        answers: &[(200, "Signed in.", Some(SIGNED_IN))],
        problems: &[400, 401, 403, 413, 415, 422, 429],
    },
    Operation {
        method: "post",
        path: "/api/v1/auth/refresh",
        id: "authRefresh",
        summary: "Renew the session's cookies",
        about: "With the refresh cookie, which is good once.",
        body: None,
        answers: &[(204, "New cookies are set.", None)],
        problems: &[401, 403],
    },
    Operation {
        method: "post",
        path: "/api/v1/auth/sign-out",
        id: "authSignOut",
        summary: "Sign out",
        about: "Ends the session and takes the cookies back.",
        body: None,
        answers: &[(204, "Signed out.", None)],
        problems: &[403],
    },
    Operation {
        method: "post",
        path: "/api/v1/auth/forgot-password",
        id: "authForgotPassword",
        summary: "Ask for a new password",
        about: "A mail follows where there is such an account.",
        body: Some(&[("email", "string", "The account's address.")]),
        answers: &[(202, "A mail may be on its way.", Some(STATUS))],
        problems: &[400, 403, 413, 415, 422, 429],
    },
    Operation {
        method: "post",
        path: "/api/v1/auth/reset-password",
        id: "authResetPassword",
        summary: "Set a new password",
        about: "Ends every session.",
        body: Some(&[
            ("token", "string", "The token in the link."),
            ("password", "string", "At least 12 characters."),
        ]),
        answers: &[(204, "It is set.", None)],
        problems: &[400, 403, 404, 410, 413, 415, 422],
    },
    Operation {
        method: "post",
        path: "/api/v1/auth/confirm-email",
        id: "authConfirmEmail",
        summary: "Confirm a new address",
        about: "With the token of the mail's link.",
        body: Some(&[("token", "string", "The token in the link.")]),
        answers: &[(
            200,
            "The address counts now.",
            Some(&[("email", "string", "The new address.")]),
        )],
        problems: &[400, 403, 404, 409, 410, 413, 415, 422],
    },
    Operation {
        method: "post",
        path: "/api/v1/auth/oauth/{provider}/start",
        id: "authProviderStart",
        summary: "Begin to sign in by another provider",
        about: "Binds what is begun to this browser.",
        body: Some(&[(
            "returnTo?",
            "string",
            "A path of this installation to come back to.",
        )]),
        answers: &[(200, "Where to go.", Some(GO))],
        problems: &[400, 403, 404, 413, 415, 422, 429, 502],
    },
    Operation {
        method: "get",
        path: "/api/v1/auth/oauth/{provider}/callback",
        id: "authProviderCallback",
        summary: "Come back from another provider",
        about: "The provider leads browsers here; they are sent on to a page of this installation.",
        body: None,
        answers: &[(303, "To a page that says what came of it.", None)],
        problems: &[404],
    },
];

/// A person's own account. For pages of this installation and a session; tokens are turned away.
const ACCOUNT: &[Operation] = &[
    Operation {
        method: "get",
        path: "/api/v1/account",
        id: "accountGet",
        summary: "See how you sign in",
        about: "Address, password, second factor and linked providers.",
        body: None,
        answers: &[(
            200,
            "As it is now.",
            Some(&[
                ("email", "string", "The address."),
                ("hasPassword", "boolean", "Whether there is a password."),
                (
                    "pendingEmail?",
                    "object",
                    "An address that waits to be confirmed, and until when.",
                ),
                (
                    "secondFactor?",
                    "object",
                    "Since when there is one, and how many recovery codes are left.",
                ),
                ("linkedAccounts", "objects", "Other providers one signs in by."),
            ]),
        )],
        problems: &[401, 403],
    },
    Operation {
        method: "post",
        path: "/api/v1/account/password",
        id: "accountPassword",
        summary: "Change the password",
        about: "Ends every other session.",
        body: Some(&[
            PASSWORD,
            ("password", "string", "The new one; at least 12 characters."),
        ]),
        answers: &[(204, "It is changed.", None)],
        problems: &[400, 401, 403, 413, 415, 422, 429],
    },
    Operation {
        method: "post",
        path: "/api/v1/account/email",
        id: "accountEmail",
        summary: "Change the address",
        about: "It counts once the link in the mail was followed.",
        body: Some(&[("email", "string", "The new address."), PASSWORD]),
        answers: &[(202, "A mail is on its way.", Some(STATUS))],
        problems: &[400, 401, 403, 413, 415, 422, 429],
    },
    Operation {
        method: "delete",
        path: "/api/v1/account/email",
        id: "accountEmailKeep",
        summary: "Keep the address",
        about: "Takes a change back that waits to be confirmed.",
        body: None,
        answers: &[(204, "It stays.", None)],
        problems: &[401, 403],
    },
    Operation {
        method: "post",
        path: "/api/v1/account/second-factor",
        id: "accountSecondFactor",
        summary: "Begin a second factor",
        about: "It counts once a code of it was confirmed.",
        body: Some(&[PASSWORD]),
        answers: &[(
            200,
            "What an authenticator app needs.",
            Some(&[
                ("secret", "string", "To be typed."),
                ("uri", "string", "The same as a link."),
                ("qr", "object", "The same to be scanned: size and path of an SVG."),
            ]),
        )],
        problems: &[400, 401, 403, 409, 413, 415, 422, 429],
    },
    Operation {
        method: "post",
        path: "/api/v1/account/second-factor/confirm",
        id: "accountSecondFactorConfirm",
        summary: "Confirm a second factor",
        about: "With a code the app shows.",
        body: Some(&[("code", "string", "Six digits.")]),
        answers: &[(200, "It counts from now on.", Some(CODES))],
        problems: &[400, 401, 403, 409, 413, 415, 422, 429],
    },
    Operation {
        method: "post",
        path: "/api/v1/account/second-factor/recovery-codes",
        id: "accountRecoveryCodes",
        summary: "Make new recovery codes",
        about: "The old ones are good for nothing afterwards.",
        body: Some(&[PASSWORD, ("code", "string", "Of the app, or a recovery code.")]),
        answers: &[(200, "The new ones.", Some(CODES))],
        problems: &[400, 401, 403, 409, 413, 415, 422, 429],
    },
    Operation {
        method: "post",
        path: "/api/v1/account/second-factor/end",
        id: "accountSecondFactorEnd",
        summary: "End the second factor",
        about: "The password alone signs in afterwards.",
        body: Some(&[PASSWORD, ("code", "string", "Of the app, or a recovery code.")]),
        answers: &[(204, "It is ended.", None)],
        problems: &[400, 401, 403, 409, 413, 415, 422, 429],
    },
    Operation {
        method: "post",
        path: "/api/v1/account/linked",
        id: "accountLink",
        summary: "Begin to link another provider",
        about: "Tells where the browser is to go.",
        body: Some(&[
            ("provider", "string", "Its name, as the installation lists it."),
            PASSWORD,
        ]),
        answers: &[(200, "Where to go.", Some(GO))],
        problems: &[400, 401, 403, 404, 413, 415, 422, 429, 502],
    },
    Operation {
        method: "post",
        path: "/api/v1/account/linked/{linkedAccount}",
        id: "accountUnlink",
        summary: "Unlink a provider",
        about: "It signs nobody in any more.",
        body: Some(&[PASSWORD]),
        answers: &[(204, "It is unlinked.", None)],
        problems: &[400, 401, 403, 404, 409, 413, 415, 422, 429],
    },
    Operation {
        method: "get",
        path: "/api/v1/account/sessions",
        id: "sessionList",
        summary: "See where you are signed in",
        about: "Every session of the account.",
        body: None,
        answers: &[(
            200,
            "All of them.",
            Some(&[("sessions", "objects", "Device, address and times of each.")]),
        )],
        problems: &[401, 403],
    },
    Operation {
        method: "delete",
        path: "/api/v1/account/sessions",
        id: "sessionEndOthers",
        summary: "Sign out everywhere else",
        about: "Sockets are closed within a second.",
        body: None,
        answers: &[(
            200,
            "Done.",
            Some(&[("ended", "integer", "How many were ended.")]),
        )],
        problems: &[401, 403],
    },
    Operation {
        method: "delete",
        path: "/api/v1/account/sessions/{session}",
        id: "sessionEnd",
        summary: "Sign out one session",
        about: "Its sockets are closed within a second.",
        body: None,
        answers: &[(204, "It is ended.", None)],
        problems: &[401, 403, 404],
    },
];

const HEALTH: &[Operation] = &[
    Operation {
        method: "get",
        path: "/health/live",
        id: "healthLive",
        summary: "Is the process alive",
        about: "Restart it if this does not answer.",
        body: None,
        answers: &[(200, "It is.", Some(STATUS))],
        problems: &[],
    },
    Operation {
        method: "get",
        path: "/health/ready",
        id: "healthReady",
        summary: "Can requests be answered",
        about: "Send none while it says no.",
        body: None,
        answers: &[(200, "They can.", Some(STATUS))],
        problems: &[503],
    },
];

/// Puts what is described here into the description.
pub(super) fn add(document: &mut Value) {
    document["components"]["schemas"]["Person"] = object(&[
        ("id", "string", "Begins with `user_`."),
        ("name", "string", "What the person is called."),
        ("email", "string", "Their address."),
    ]);
    document["paths"]["/api/v1/workspaces/{workspace}/audit"]["get"] = audit();
    let groups = [
        (
            "Signing in",
            "Sessions, for pages of this installation alone.",
            AUTH,
            json!([]),
        ),
        (
            "Account",
            "How a person signs in; by a session, never by a token.",
            ACCOUNT,
            json!([{ SESSION: [] }]),
        ),
        (
            "Health",
            "For platforms that restart processes and direct requests.",
            HEALTH,
            json!([]),
        ),
    ];
    if let Some(tags) = document["tags"].as_array_mut() {
        tags.push(json!({ "name": "Audit", "description": "Who did what." }));
    }
    for (tag, about, operations, security) in groups {
        if let Some(tags) = document["tags"].as_array_mut() {
            tags.push(json!({ "name": tag, "description": about }));
        }
        for operation in operations {
            let mut written = write(operation, tag);
            written["security"] = security.clone();
            document["paths"][operation.path][operation.method] = written;
            for status in problems(operation) {
                document["components"]["responses"][format!("Fault{status}")] = fault(status);
            }
        }
    }
}

/// The export of a workspace's audit log: a file, so that no form of the others fits.
fn audit() -> Value {
    let parameter = |name: &str, about: &str, schema: Value| json!({ "name": name, "in": "query", "description": about, "schema": schema });
    let text = json!({ "type": "string" });
    let moment = json!({ "type": "string", "format": "date-time" });
    let mut responses = json!({ "200": { "description": "The log, newest first, as an attachment.", "content": {
        "text/csv": { "schema": text },
        "application/jsonl": { "schema": text },
    } } });
    for status in [400, 401, 403, 404, 500, 503] {
        responses[status.to_string()] = json!({ "$ref": format!("#/components/responses/Fault{status}") });
    }
    json!({
        "tags": ["Audit"],
        "operationId": "auditExport",
        "summary": "Export the audit log",
        "description": "For owners of the workspace.\n\nA token needs `audit:read`.",
        "parameters": [
            { "name": "workspace", "in": "path", "required": true, "description": "The workspace's id.", "schema": text },
            parameter("format", "The form of the file; CSV when left out.", json!({ "type": "string", "enum": ["csv", "jsonl"] })),
            parameter("actorId", "What this person did.", text.clone()),
            parameter("action", "What was done, for instance `task.create`.", text.clone()),
            parameter("targetKind", "To which kind of thing.", text.clone()),
            parameter("from", "Not before this moment.", moment.clone()),
            parameter("to", "Before this moment.", moment),
        ],
        "security": [{ TOKEN: [] }, { SESSION: [] }],
        "responses": responses,
    })
}

/// Faults of ours may meet every operation.
fn problems(operation: &Operation) -> impl Iterator<Item = u16> + '_ {
    let ours: &[u16] = if operation.path.starts_with("/health") {
        &[]
    } else {
        &[500, 503]
    };
    operation.problems.iter().chain(ours).copied()
}

fn write(operation: &Operation, tag: &str) -> Value {
    let mut responses = Map::new();
    for (status, about, fields) in operation.answers {
        let mut answer = json!({ "description": about });
        if let Some(fields) = fields {
            answer["content"] = json!({ "application/json": { "schema": object(fields) } });
        }
        responses.insert(status.to_string(), answer);
    }
    for status in problems(operation) {
        let reference = json!({ "$ref": format!("#/components/responses/Fault{status}") });
        responses.insert(status.to_string(), reference);
    }
    let named = operation.path.split(['{', '}']).skip(1).step_by(2);
    let mut parameters: Vec<Value> = named
        .map(|name| {
            let about = "As other answers name it.";
            json!({ "name": name, "in": "path", "required": true, "description": about, "schema": { "type": "string" } })
        })
        .collect();
    if operation.path.ends_with("/callback") {
        for name in ["state", "code", "error"] {
            let about = "As the provider gives it.";
            parameters.push(
                json!({ "name": name, "in": "query", "description": about, "schema": { "type": "string" } }),
            );
        }
    }
    let mut written = json!({
        "tags": [tag],
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.about,
        "responses": responses,
    });
    if !parameters.is_empty() {
        written["parameters"] = parameters.into();
    }
    if let Some(fields) = operation.body {
        written["requestBody"] = json!({
            "required": true,
            "content": { "application/json": { "schema": object(fields) } },
        });
    }
    written
}

fn object(fields: &[(&str, &str, &str)]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, kind, about) in fields {
        let mut schema = match *kind {
            "Person" => json!({ "allOf": [{ "$ref": "#/components/schemas/Person" }] }),
            "strings" => json!({ "type": "array", "items": { "type": "string" } }),
            "objects" => json!({ "type": "array", "items": { "type": "object" } }),
            kind => json!({ "type": kind }),
        };
        schema["description"] = (*about).into();
        let plain = name.trim_end_matches('?');
        if plain == *name {
            required.push(plain);
        } else {
            schema["nullable"] = true.into();
        }
        properties.insert(plain.to_owned(), schema);
    }
    let mut object = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn fault(status: u16) -> Value {
    let about = match status {
        400 => "The request cannot be understood.",
        401 => "Nobody is signed in, or what was given is wrong.",
        403 => "The request does not come from a page of ours, or this is not allowed.",
        404 => "There is nothing of that name.",
        409 => "It contradicts what is there.",
        410 => "It was good once, and is no longer.",
        413 => "The body is too large.",
        415 => "The body is of another media type.",
        422 => "Fields of the input were refused; each says why.",
        429 => "Too many attempts; Retry-After says for how many seconds to wait.",
        502 => "The provider cannot be reached.",
        503 => "Briefly unavailable; Retry-After says for how many seconds.",
        _ => "A fault on our side; the request id finds it in the log.",
    };
    let mut fault = json!({
        "description": about,
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    if matches!(status, 429 | 503) {
        fault["headers"] = json!({ "Retry-After": { "$ref": "#/components/headers/RetryAfter" } });
    }
    fault
}
