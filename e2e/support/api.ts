import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import type { Stack } from "./stack.ts";

/** A GraphQL answer without errors. */
// Answers have the form their documents ask for; a wrong one fails the test that reads it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Data = any;

/** What a token can be good for, but for tokens and the audit log. */
export const SCOPES = [
  "WORKSPACE", "MEMBERS", "CLIENTS", "PROJECTS", "TASKS", "DOCUMENTS", "JOBS", "SUGGESTIONS", "SHARES", "WEBHOOKS",
].flatMap((noun) => [`${noun}_READ`, `${noun}_WRITE`]);

/** Signs the demo's owner in; the headers that a page of ours would send from then on. */
export async function session(stack: Stack): Promise<Record<string, string>> {
  const headers = { "smartstack-client": "e2e", origin: stack.url };
  const { email, password } = stack.demo;
  const signedIn = await fetch(`${stack.url}/api/v1/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ email, password }),
  });
  if (!signedIn.ok) throw new Error(`could not sign in: ${signedIn.status}`);
  const cookie = signedIn.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  return { ...headers, cookie };
}

/** A program of the demo's owner, signed in with a personal access token. */
export class Program {
  private constructor(private readonly stack: Stack, readonly token: string) {}

  static async of(stack: Stack, scopes: string[]): Promise<Program> {
    const headers = await session(stack);
    const query = `mutation {
      apiTokenCreate(input: { name: "A program", scopes: [${scopes.join(", ")}] }) { secret userErrors { message } }
    }`;
    const made = await fetch(`${stack.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query }),
    });
    const { data } = (await made.json()) as Data;
    return new Program(stack, data.apiTokenCreate.secret);
  }

  /** One question; throws where the API is away, asks again later where it is too busy. */
  async ask(query: string, variables: object = {}): Promise<Data> {
    for (;;) {
      const response = await fetch(`${this.stack.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${this.token}` },
        body: JSON.stringify({ query, variables }),
      });
      if (response.status === 429) {
        await pause(1000 * Number(response.headers.get("retry-after") ?? 1));
        continue;
      }
      const answer = (await response.json()) as Data;
      if (!response.ok || answer.errors) throw new Error(JSON.stringify(answer.errors ?? response.status));
      return answer.data;
    }
  }

  /** As {@link ask}, for as long as it takes until the API answers: it may be starting again. */
  async insist(query: string, variables: object = {}): Promise<Data> {
    const limit = Date.now() + 60_000;
    for (;;) {
      try {
        return await this.ask(query, variables);
      } catch (error) {
        if (Date.now() > limit) throw error;
        await pause(50);
      }
    }
  }
}

/** Rows of a statement that the database's superuser runs, their columns as text. */
export async function sql(stack: Stack, statement: string): Promise<string[][]> {
  const args = ["-X", "-A", "-t", "-q", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", statement, stack.databaseUrl];
  const { stdout } = await promisify(execFile)("psql", args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split("\n").filter(Boolean).map((line) => line.split("\t"));
}
