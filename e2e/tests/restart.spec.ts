import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";
import { signUp } from "../support/people.ts";
import { Stack } from "../support/stack.ts";

/** One look at `/health/ready`. */
interface Look {
  at: number;
  status: number;
  retryAfter: string | null;
}

/** Looks at `/health/ready` every 20 ms until told to stop. */
function watchReady(stack: Stack): { looks: Look[]; stop: () => Promise<void> } {
  const looks: Look[] = [];
  let going = true;
  const run = (async () => {
    while (going) {
      const answer = await fetch(`${stack.url}/health/ready`).catch(() => undefined);
      if (answer) looks.push({ at: Date.now(), status: answer.status, retryAfter: answer.headers.get("retry-after") });
      await pause(20);
    }
  })();
  return { looks, stop: async () => { going = false; await run; } };
}

/** Follows a workspace's changes in a page as any subscriber would: over sockets that may end, from the last cursor. */
async function follow(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ask = async (query: string, variables: object = {}) => {
      const answer = await fetch("/graphql", {
        method: "POST",
        headers: { "content-type": "application/json", "smartstack-client": "web" },
        body: JSON.stringify({ query, variables }),
      });
      return (await answer.json()).data;
    };
    const { viewer } = await ask("{ viewer { workspaces { workspace { id changeCursor } } } }");
    const { id: workspaceId, changeCursor } = viewer.workspaces[0].workspace;
    const state = { workspaceId, after: changeCursor as string, heard: [] as { cursor: string; id: string }[], sockets: 0 };
    (window as unknown as { feed: typeof state }).feed = state;
    const connect = () => {
      const socket = new WebSocket(`${location.origin.replace("http", "ws")}/graphql/ws`, "graphql-transport-ws");
      socket.onopen = () => socket.send(JSON.stringify({ type: "connection_init" }));
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(data);
        if (message.type === "connection_ack") {
          state.sockets += 1;
          socket.send(JSON.stringify({
            type: "subscribe",
            id: "1",
            payload: {
              query: "subscription($workspaceId: ID!, $after: String) { changes(workspaceId: $workspaceId, after: $after) { cursor id } }",
              variables: { workspaceId, after: state.after },
            },
          }));
        } else if (message.type === "next" && message.payload.data) {
          const { cursor, id } = message.payload.data.changes;
          state.after = cursor;
          state.heard.push({ cursor, id });
        } else if (message.type === "error" || message.type === "complete") {
          socket.close();
        } else if (message.type === "ping") {
          socket.send(JSON.stringify({ type: "pong" }));
        }
      };
      socket.onclose = () => setTimeout(connect, 100);
    };
    connect();
  });
  await expect.poll(() => page.evaluate(() => (window as unknown as { feed: { sockets: number } }).feed.sockets)).toBe(1);
}

/** Makes a client, again and again with the same key until the answer says that it is there. */
async function makeClient(page: Page, name: string): Promise<string> {
  for (;;) {
    const id = await page.evaluate(async (name) => {
      const { workspaceId } = (window as unknown as { feed: { workspaceId: string } }).feed;
      try {
        const answer = await fetch("/graphql", {
          method: "POST",
          headers: { "content-type": "application/json", "smartstack-client": "web" },
          body: JSON.stringify({
            query: "mutation($input: ClientCreateInput!) { clientCreate(input: $input) { client { id } userErrors { message } } }",
            variables: { input: { workspaceId, name, idempotencyKey: name } },
          }),
        });
        return ((await answer.json()).data?.clientCreate?.client?.id ?? null) as string | null;
      } catch {
        return null;
      }
    }, name);
    if (id) return id;
    await pause(50);
  }
}

test("PostgreSQL killed at once under live sockets: nothing is missed, and it is said while it is away", async ({ browser }) => {
  test.setTimeout(180_000);
  const stack = await Stack.start({ empty: true });
  const context = await browser.newContext({ baseURL: stack.url });
  const page = await context.newPage();
  try {
    await signUp(page, stack, "Rita Restart", "rita@example.com");
    const open = await context.newPage();
    await open.goto("/clients");
    await expect(open.getByText("No clients yet")).toBeVisible();
    await follow(page);
    const made: string[] = [];
    const write = async (count: number) => {
      for (let at = 0; at < count; at += 1) made.push(await makeClient(page, `Client ${made.length + 1}`));
    };
    await write(5);

    for (let round = 0; round < 3; round += 1) {
      const ready = watchReady(stack);
      const writing = write(10);
      // What `pg_ctl stop -m immediate` sends: no goodbye to anybody, and recovery at the next start.
      // It stays away until somebody has seen it, however quickly it would be back.
      await stack.kill("postgres", "SIGQUIT", async () => {
        await expect.poll(() => ready.looks.some((look) => look.status !== 200), { intervals: [20] }).toBe(true);
      });
      const back = Date.now();
      await expect.poll(() => ready.looks.some((look) => look.at >= back && look.status === 200), { intervals: [20] }).toBe(true);
      await ready.stop();
      await writing;

      const away = ready.looks.filter((look) => look.status !== 200);
      expect(away.length, "it was said that PostgreSQL was away").toBeGreaterThan(0);
      for (const look of away) {
        expect(look.status).toBe(503);
        expect(Number(look.retryAfter)).toBeGreaterThan(0);
      }
      // PostgreSQL answers when the supervisor says so; from then on there are 5 seconds.
      const recovered = ready.looks.find((look) => look.at >= back && look.status === 200)!;
      expect(recovered.at - back).toBeLessThan(5_000);
    }
    await write(1);

    // The subscriber heard of every client once, in the order they were made, without a gap.
    const heard = () => page.evaluate(() => (window as unknown as { feed: { heard: { cursor: string; id: string }[] } }).feed.heard);
    await expect.poll(async () => (await heard()).length).toBe(made.length);
    const all = await heard();
    expect(all.map(({ id }) => id)).toEqual(made);
    expect(new Set(all.map(({ cursor }) => cursor)).size).toBe(all.length);
    // And so did the app's own page, which nobody reloaded.
    await expect(open.getByRole("row")).toHaveCount(made.length + 1, { timeout: 30_000 });
  } finally {
    await context.close();
    await stack.stop();
  }
});
