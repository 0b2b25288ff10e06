import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Program } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";

test("an assistant proposes a plan by the protocol's own client, and nothing becomes a task by itself", async ({ stack }) => {
  const program = await Program.of(stack, [
    "WORKSPACE_READ", "CLIENTS_READ", "PROJECTS_WRITE", "TASKS_READ", "DOCUMENTS_WRITE", "JOBS_WRITE", "SUGGESTIONS_READ",
  ]);
  const { viewer } = await program.ask("{ viewer { workspaces { workspace { id } } } }");
  const workspaceId = viewer.workspaces[0].workspace.id;
  const transport = new StreamableHTTPClientTransport(new URL(`${stack.url}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${program.token}` } },
  });
  const assistant = new Client({ name: "audit", version: "1" });
  await assistant.connect(transport);
  // The client holds each answer against the protocol's schema.
  const call = async (name: string, args: Record<string, unknown>) => {
    const result = await assistant.callTool({ name, arguments: args });
    expect(result.isError, JSON.stringify(result)).toBeFalsy();
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    return result.structuredContent as any;
  };

  const { tools } = await assistant.listTools();
  expect(tools.map((tool) => tool.name)).toContain("propose_plan");
  const projects = await call("list_projects", { workspaceId, first: 1 });
  const projectId = projects.nodes[0].id;
  const before = await call("list_tasks", { workspaceId, projectId });

  const text = "Please send the three logo drafts by 4 May 2027. Could you also check the newsletter form?";
  const { job } = await call("propose_plan", { workspaceId, projectId, text });
  await expect
    .poll(async () => (await call("get_job", { id: job.id })).state, { timeout: 30_000 })
    .toBe("READY");
  const { suggestion } = await call("get_job", { id: job.id });
  const { items } = await call("get_suggestion", { id: suggestion.id });
  const drafts = items.find((item: { quote: string }) => item.quote?.includes("logo drafts"));
  expect(drafts).toMatchObject({ kind: "TASK", state: "OPEN", dueDate: "2027-05-04" });
  const after = await call("list_tasks", { workspaceId, projectId });
  expect(after.totalCount).toBe(before.totalCount);

  const refused = await assistant.callTool({ name: "get_task", arguments: { id: projectId } });
  expect(refused.isError).toBe(true);
  await assistant.close();
});
