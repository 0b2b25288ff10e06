import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program, sql } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import { Model, type Said } from "../support/model.ts";
import { Stack } from "../support/stack.ts";

// A longer run: CHAOS_KILLS=200 CHAOS_JOBS=1000. Another run: CHAOS_SEED=2.
const KILLS = Number(process.env.CHAOS_KILLS ?? 6);
const JOBS = Number(process.env.CHAOS_JOBS ?? 40);
const SEED = Number(process.env.CHAOS_SEED ?? 1);

const TEXT = "Please design the home page by 20 March 2026.\nPlease set up the online menu.\n";
const ITEM = {
  kind: "task", title: "Design the home page", quote: "design the home page", due: "2026-03-20", hours_min: null,
  hours_max: null, responsible: "freelancer", amount: null, currency: null, confidence: "explicit",
};
const START = `mutation($input: PlanStartInput!) {
  planStart(input: $input) { job { id } userErrors { message } }
}`;

/** Numbers below one, the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

test("api and worker killed at random, with a model that fails in three ways: each job ends once", async () => {
  test.setTimeout(120_000 + KILLS * 15_000 + JOBS * 2_000);
  const random = numbers(SEED);
  const answers = numbers(SEED + 1);
  const bad: Said[] = ["throttles", "breaks off", "talks nonsense"];
  // One answer in five is no good.
  const model = await Model.start(ITEM, () => (answers() < 0.2 ? bad[Math.floor(answers() * 3)]! : "answers"));
  const folder = await mkdtemp(join(tmpdir(), "smartstack-chaos-"));
  const table = join(folder, "ai.toml");
  const builtIn = await readFile(new URL("../../worker/ai.toml", import.meta.url), "utf8");
  await writeFile(table, onlyOwnModel(builtIn));
  const stack = await Stack.start({
    env: { OPENAI_BASE_URL: model.url, AI_CONFIG: table, WORKER_LEASE_SECONDS: "2" },
  });
  try {
    await sql(stack, "UPDATE installation_settings SET ai_jobs_per_day = 1000000, ai_monthly_cost_micro_usd = 1000000000000");
    const program = await Program.of(stack, [
      "WORKSPACE_READ", "PROJECTS_READ", "PROJECTS_WRITE", "DOCUMENTS_READ", "DOCUMENTS_WRITE", "JOBS_READ", "JOBS_WRITE",
    ]);
    const { viewer } = await program.ask("{ viewer { workspaces { workspace { id projects(first: 1) { nodes { id } } } } } }");
    const { workspace } = viewer.workspaces[0];
    const where = { workspaceId: workspace.id as string, projectId: workspace.projects.nodes[0].id as string };

    const jobs: string[] = [];
    let kills = 0;
    const killed = { api: 0, worker: 0 };
    while (jobs.length < JOBS || kills < KILLS) {
      const left = [JOBS - jobs.length, KILLS - kills] as const;
      if (random() * (left[0] + left[1]) < left[0]) {
        // What the caller cannot know whether it was taken is sent again, with the same key.
        const input = { ...where, text: TEXT, idempotencyKey: `chaos-${jobs.length}` };
        const started = program.insist(START, { input });
        // Every fourth is on its way while something dies.
        if (left[1] > 0 && random() < 0.25) {
          await kill();
        }
        const { planStart } = await started;
        expect(planStart.userErrors).toEqual([]);
        jobs.push(planStart.job.id);
      } else {
        await kill();
      }
    }
    async function kill(): Promise<void> {
      const part = random() < 0.5 ? "api" : "worker";
      killed[part] += 1;
      kills += 1;
      await stack.kill(part);
    }

    expect(new Set(jobs).size, "each job is one of its own").toBe(JOBS);
    const ended = await allEnded(program, jobs);
    const rows = await sql(stack, `SELECT j.state,
        (SELECT count(*) FROM suggestions s WHERE s.job_id = j.id),
        (SELECT count(*) FROM ai_calls c WHERE c.job_id = j.id AND c.state = 'SETTLED'),
        (SELECT count(*) FROM ai_calls c WHERE c.job_id = j.id AND c.state = 'RESERVED')
      FROM jobs j JOIN documents d ON d.id = j.document_id WHERE d.text = $$${TEXT}$$`);
    expect(rows.length, "nothing ran that nobody started").toBe(JOBS);
    for (const row of rows) {
      expect(row).toEqual(row[0] === "READY" ? ["READY", "1", "1", "0"] : ["NEEDS_REVIEW", "0", "0", "0"]);
    }
    const ready = ended.filter((state) => state === "READY").length;
    console.log(`${killed.api} api and ${killed.worker} worker kills, ${JOBS} jobs, ${model.asked} questions: ${ready} ready`);
    expect(ready, "most work gets done").toBeGreaterThan(JOBS / 2);
  } finally {
    await stack.stop();
    await model.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

/** The table of models with nothing but one's own, at a price, and without limits of rate. */
function onlyOwnModel(builtIn: string): string {
  return builtIn
    .replace(/^(\w+) = \[".*"\]$/gm, '$1 = ["local"]')
    .replace(/input_usd = 0\.0\noutput_usd = 0\.0/, "input_usd = 1.0\noutput_usd = 5.0\nrequests_per_minute = 60000\nconcurrency = 8");
}

/** Waits until every job has ended, and gives their states. */
async function allEnded(program: Program, jobs: string[]): Promise<string[]> {
  const states: string[] = [];
  for (let at = 0; at < jobs.length; at += 50) {
    const ids = jobs.slice(at, at + 50);
    await expect
      .poll(
        async () => {
          const { nodes } = await program.insist("query($ids: [ID!]!) { nodes(ids: $ids) { ... on Job { state } } }", { ids });
          const now = nodes.map((job: { state: string }) => job.state);
          const open = now.filter((state: string) => state === "QUEUED" || state === "RUNNING").length;
          if (open === 0) states.push(...now);
          return open;
        },
        { timeout: 240_000, intervals: [250] },
      )
      .toBe(0);
  }
  return states;
}
