//! What to paste into a terminal or a program, with the workspace's own ids in it.

/// What a snippet does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// Reads the open tasks.
    Read,
    /// Makes a task.
    Write,
    /// Takes the whole workspace along.
    Export,
}

/// What a snippet is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// A command line.
    Curl,
    /// Node.js 18 or newer, or a browser.
    TypeScript,
    /// Python 3, without any package.
    Python,
}

impl Language {
    pub(super) const ALL: [(Self, &'static str); 3] = [
        (Self::Curl, "curl"),
        (Self::TypeScript, "TypeScript"),
        (Self::Python, "Python"),
    ];
}

/// Where and about what.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    /// The installation's address.
    pub(super) origin: String,
    pub(super) workspace: String,
    pub(super) project: String,
}

const READ: &str = "query ($id: ID!) { workspace(id: $id) { tasks(first: 20, filter: { open: true }) { nodes { id title status \
     dueDate project { name } } pageInfo { hasNextPage endCursor } } } }";
const WRITE: &str = "mutation ($input: TaskCreateInput!) { taskCreate(input: $input) { task { id title } userErrors { \
     field message } } }";

/// The snippet. The token is never in it: it comes from the environment.
pub(super) fn snippet(task: Task, language: Language, place: &Place) -> String {
    let Place {
        origin,
        workspace,
        project,
    } = place;
    let (document, variables) = match task {
        Task::Read => (READ, ["{\"id\": \"", workspace, "\"}"].concat()),
        Task::Write => (
            WRITE,
            [
                "{\"input\": {\"projectId\": \"",
                project,
                "\", \"title\": \"Send the first draft\"}}",
            ]
            .concat(),
        ),
        Task::Export => return export(language, origin, workspace),
    };
    match language {
        Language::Curl => [
            "curl -sS '", origin, "/graphql' \\\n  -H \"Authorization: Bearer $SMARTSTACK_TOKEN\" \\\n  \
             -H 'Content-Type: application/json' \\\n  -d '{\"query\": \"", document, "\",\n       \"variables\": ",
            &variables, "}'",
        ]
        .concat(),
        Language::TypeScript => [
            "const response = await fetch(\"", origin, "/graphql\", {\n  method: \"POST\",\n  headers: {\n    \
             authorization: `Bearer ${process.env.SMARTSTACK_TOKEN}`,\n    \"content-type\": \"application/json\",\n  },\n  \
             body: JSON.stringify({\n    query: `", document, "`,\n    variables: ", &variables,
            ",\n  }),\n});\nconst { data, errors } = await response.json();\nconsole.log(JSON.stringify(errors ?? data, null, 2));",
        ]
        .concat(),
        Language::Python => [
            "import json, os, urllib.request\n\nbody = {\n    \"query\": \"\"\"", document, "\"\"\",\n    \"variables\": ",
            &variables, ",\n}\nrequest = urllib.request.Request(\n    \"", origin,
            "/graphql\",\n    data=json.dumps(body).encode(),\n    headers={\n        \"authorization\": \
             f\"Bearer {os.environ['SMARTSTACK_TOKEN']}\",\n        \"content-type\": \"application/json\",\n    },\n)\n\
             with urllib.request.urlopen(request) as response:\n    print(json.load(response))",
        ]
        .concat(),
    }
}

fn export(language: Language, origin: &str, workspace: &str) -> String {
    let address = [origin, "/api/v1/workspaces/", workspace, "/export"].concat();
    match language {
        Language::Curl => [
            "curl -sS --fail '",
            &address,
            "' \\\n  -H \"Authorization: Bearer $SMARTSTACK_TOKEN\" \\\n  -o workspace.zip",
        ]
        .concat(),
        Language::TypeScript => [
            "import { createWriteStream } from \"node:fs\";\nimport { Readable } from \"node:stream\";\n\
             import { pipeline } from \"node:stream/promises\";\n\nconst response = await fetch(\"",
            &address,
            "\", {\n  headers: { authorization: `Bearer ${process.env.SMARTSTACK_TOKEN}` },\n});\n\
             if (!response.ok) throw new Error(await response.text());\n\
             await pipeline(Readable.fromWeb(response.body), createWriteStream(\"workspace.zip\"));",
        ]
        .concat(),
        Language::Python => [
            "import os, shutil, urllib.request\n\nrequest = urllib.request.Request(\n    \"",
            &address,
            "\",\n    headers={\"authorization\": f\"Bearer {os.environ['SMARTSTACK_TOKEN']}\"},\n)\n\
             with urllib.request.urlopen(request) as response, open(\"workspace.zip\", \"wb\") as file:\n    \
             shutil.copyfileobj(response, file)",
        ]
        .concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_snippet_names_the_place_and_no_token() {
        let place = Place {
            origin: "https://app.example.com".to_owned(),
            workspace: "ws_1".to_owned(),
            project: "project_2".to_owned(),
        };
        for (language, _) in Language::ALL {
            for (task, id) in [
                (Task::Read, "ws_1"),
                (Task::Write, "project_2"),
                (Task::Export, "ws_1"),
            ] {
                let text = snippet(task, language, &place);
                assert!(
                    text.contains("https://app.example.com/") && text.contains(id),
                    "{text}"
                );
                assert!(
                    text.contains("SMARTSTACK_TOKEN") && !text.contains("ss_pat_"),
                    "{text}"
                );
            }
        }
    }
}
