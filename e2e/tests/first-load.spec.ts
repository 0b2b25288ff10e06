import { type Page } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";
import { signIn } from "../support/people.ts";

/** What a first visit may cost over the wire: bodies as they are encoded, in bytes. */
const LIMIT = 350_000;

interface Fetched {
  path: string;
  bytes: number;
}

/** Counts the app's files as they come over the wire from now on; not the answers of the API. */
async function count(page: Page): Promise<Fetched[]> {
  const fetched: Fetched[] = [];
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const paths = new Map<string, string>();
  session.on("Network.responseReceived", ({ requestId, response }) => {
    const { pathname } = new URL(response.url);
    if (!pathname.startsWith("/api/") && pathname !== "/graphql") paths.set(requestId, pathname);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const path = paths.get(requestId);
    if (path) fetched.push({ path, bytes: encodedDataLength });
  });
  return fetched;
}

/** As for somebody who asked the browser to save data: nothing is fetched ahead. */
async function saveData(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, "connection", { value: { saveData: true } });
  });
}

const sum = (fetched: Fetched[]) => fetched.reduce((all, { bytes }) => all + bytes, 0);
const wasm = (fetched: Fetched[]) => fetched.filter(({ path }) => path.endsWith(".wasm")).map(({ path }) => path);

/** The build for development is one large file, which none of this is about. */
async function inParts(page: Page): Promise<boolean> {
  return page.evaluate(() => [...document.querySelectorAll("link")].some(({ href }) => href.endsWith("/parts.js")));
}

/** The files of a part, as the app's own script lists them. */
async function filesOf(page: Page, part: string): Promise<string[]> {
  const script = await page.evaluate(async () => {
    const link = [...document.querySelectorAll("link")].find(({ href }) => href.endsWith("/parts.js"));
    return (await fetch(link!.href)).text();
  });
  const list = new RegExp(`__wasm_split_load_${part} = part\\((.*)\\);`).exec(script);
  expect(list, `${part} is a part`).toBeTruthy();
  return JSON.parse(list![1]!) as string[];
}

test("the first visit to sign-in and to Today costs no more than it may", async ({ page, stack, browser }) => {
  await saveData(page);
  const first = await count(page);
  await page.goto("/sign-in");
  await expect(page.getByLabel("E-mail")).toBeVisible();
  test.skip(!(await inParts(page)), "not a release");
  await page.waitForLoadState("networkidle");
  expect(sum(first), JSON.stringify(first)).toBeLessThanOrEqual(LIMIT);

  await signIn(page, stack, stack.demo.email, stack.demo.password);
  const other = await browser.newContext({ storageState: await page.context().storageState(), baseURL: stack.url });
  const again = await other.newPage();
  await saveData(again);
  const today = await count(again);
  await again.goto("/");
  await expect(again.getByRole("heading", { name: "Waiting for review" })).toBeVisible();
  await again.waitForLoadState("networkidle");
  expect(sum(today), JSON.stringify(today)).toBeLessThanOrEqual(LIMIT);
  await other.close();
});

test("what a screen links to is there before it is asked for", async ({ page, stack }) => {
  const fetched = await count(page);
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  test.skip(!(await inParts(page)), "not a release");
  const needed = [...(await filesOf(page, "projects")), ...(await filesOf(page, "clients"))];
  const missing = () => needed.filter((file) => !wasm(fetched).some((path) => path.endsWith(`/${file}`)));
  await expect.poll(missing, { timeout: 15_000 }).toEqual([]);
  // From here on nothing more arrives.
  await page.route("**/*.wasm", (route) => route.abort());
  const sidebar = page.getByRole("navigation").first();
  for (const [link, there] of [["Projects", "Online shop relaunch"], ["Clients", "Harbour Street Physio"]] as const) {
    await sidebar.getByRole("link", { name: link }).click();
    await expect(page.locator("main").getByText(there).first()).toBeVisible();
  }
});

test("a release asks by hashes, which the server knows from the start", async ({ page, stack }) => {
  const bodies: string[] = [];
  const answers: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/graphql") bodies.push(request.postData() ?? "");
  });
  page.on("response", (response) => {
    if (new URL(response.url()).pathname === "/graphql") void response.text().then((text) => answers.push(text), () => {});
  });
  const frames: string[] = [];
  page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => frames.push(String(payload))));
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  test.skip(!(await inParts(page)), "not a release");
  await page.goto("/projects");
  await expect(page.locator("main").getByText("Online shop relaunch").first()).toBeVisible();
  await expect.poll(() => frames.filter((frame) => frame.includes('"subscribe"')).length).toBeGreaterThan(0);
  expect(bodies.length).toBeGreaterThan(2);
  const asked = [...bodies, ...frames.filter((frame) => frame.includes('"subscribe"'))];
  expect(asked.filter((text) => !text.includes('"sha256Hash"') || text.includes('"query"'))).toEqual([]);
  expect(answers.filter((text) => text.includes("PersistedQueryNotFound"))).toEqual([]);
});

test("a part that does not arrive says so, and comes when asked again", async ({ page, stack }) => {
  await saveData(page);
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  test.skip(!(await inParts(page)), "not a release");
  // As after a release that replaced the files.
  await page.route("**/*.wasm", (route) => route.fulfill({ status: 404 }));
  await page.getByRole("navigation").first().getByRole("link", { name: "Clients" }).click();
  const alert = page.getByRole("alert").filter({ hasText: "did not arrive" });
  await expect(alert).toBeVisible();
  await page.unroute("**/*.wasm");
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(page.locator("main").getByText("Harbour Street Physio").first()).toBeVisible();
  await expect(alert).toBeHidden();

  // What lies over a screen says it in a dialog.
  await page.route("**/*.wasm", (route) => route.abort());
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog", { name: "This part did not load" });
  await expect(dialog).toBeVisible();
  await page.unroute("**/*.wasm");
  await dialog.getByRole("button", { name: "Try again" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeVisible();
});
