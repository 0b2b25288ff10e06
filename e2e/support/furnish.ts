import { expect } from "@playwright/test";
import type { Data } from "./api.ts";
import type { Stack } from "./stack.ts";

/** One of each thing, made as a program would, so that schemathesis gets past the doors. */
export async function furnish(stack: Stack, token: string): Promise<Record<string, string>> {
  const call = async (method: string, path: string, body?: object): Promise<Data> => {
    const response = await fetch(`${stack.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const workspace = (await call("GET", "/workspaces")).items[0].id as string;
  const make = (noun: string, body: object) => call("POST", `/workspaces/${workspace}/${noun}`, body);
  const client = await make("clients", { name: "Acme" });
  const project = await make("projects", { name: "Website", clientId: client.id });
  const task = await make("tasks", { title: "Draft", projectId: project.id });
  const share = await make("share-links", { projectId: project.id });
  const webhook = await make("webhooks", { url: "https://hooks.example.com/in" });
  const job = await make("plans", { text: "Please send the offer by Friday. We need a logo.", projectId: project.id });
  const seen = `/workspaces/${workspace}/jobs/${job.id}`;
  await expect.poll(async () => (await call("GET", seen)).state, { timeout: 30_000 }).toBe("READY");
  const suggestion = await call("GET", `${seen}/suggestion`);
  const items = await call("GET", `/workspaces/${workspace}/suggestions/${suggestion.id}/items`);
  return {
    TOKEN: token,
    WORKSPACE: workspace,
    CLIENT: client.id,
    PROJECT: project.id,
    TASK: task.id,
    SHARE: share.id,
    WEBHOOK: webhook.endpoint.id,
    JOB: job.id,
    DOCUMENT: job.documentId,
    SUGGESTION: suggestion.id,
    ITEM: items.items[0].id,
  };
}
