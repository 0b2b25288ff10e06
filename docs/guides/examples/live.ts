// Follows a workspace's tasks as they change, and starts again where it stopped.
//
//   npm install graphql-ws ws
//   SMARTSTACK_URL=https://… SMARTSTACK_TOKEN=ss_pat_… SMARTSTACK_WORKSPACE=ws_… node live.js
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const url = process.env.SMARTSTACK_URL!;
const token = process.env.SMARTSTACK_TOKEN!;
const workspaceId = process.env.SMARTSTACK_WORKSPACE!;
// Keep the cursor where it survives a restart: a file, a row. Nothing is missed for 30 days.
let after: string | undefined = process.env.SMARTSTACK_AFTER;

const CHANGES = `
  subscription ($workspaceId: ID!, $after: String) {
    changes(workspaceId: $workspaceId, after: $after, filter: { kinds: [TASK] }) {
      cursor
      operation
      id
      node { ... on Task { title status } }
    }
  }`;

interface Answer {
  changes: { cursor: string; operation: string; id: string; node: { title: string; status: string } | null };
}

const client = createClient({
  url: `${url.replace(/^http/, "ws")}/graphql/ws`,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${token}` },
  // The server says with 4400 to 4499 that trying again is of no use.
  shouldRetry: (problem) => !(problem as { code?: number }).code || (problem as { code: number }).code < 4400,
  retryAttempts: 20,
});

// A subscription repeated by the client would begin at the old cursor, so each connection asks anew.
for (;;) {
  try {
    for await (const { data, errors } of client.iterate<Answer>({ query: CHANGES, variables: { workspaceId, after } })) {
      if (errors) throw new Error(errors.map((error) => error.message).join("; "));
      const { cursor, operation, id, node } = data!.changes;
      console.log(operation, id, node?.title ?? "", node?.status ?? "");
      after = cursor;
    }
  } catch (problem) {
    console.error("Asking again:", problem);
    await new Promise((done) => setTimeout(done, 1000));
  }
}
