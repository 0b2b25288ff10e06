import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { expectAccessible } from "../support/axe.ts";
import { expect, test } from "../support/fixtures.ts";
import { signUp } from "../support/people.ts";

interface Message {
  headers: Record<string, string>;
  body: string;
}

/** A program that is told what happens; it answers with `status`. */
class Receiver {
  readonly messages: Message[] = [];
  status = 200;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on("request", (request: IncomingMessage, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
        receiver.messages.push({ headers, body: Buffer.concat(parts).toString("utf8") });
        response.writeHead(receiver.status, { "content-type": "text/plain" }).end(`said ${receiver.status}`);
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/in`;
  }

  /** The first message of an event, once it has come. */
  async message(event: string): Promise<Message> {
    const find = () => this.messages.find((message) => (JSON.parse(message.body) as { type: string }).type === event);
    await expect.poll(() => find() !== undefined, { timeout: 20_000 }).toBe(true);
    return find()!;
  }

  async stop(): Promise<void> {
    await new Promise((done) => this.server.close(done));
  }
}

test("a program is told what happens, by messages its library checks", async ({ page, stack }) => {
  const receiver = await Receiver.start();
  try {
    await signUp(page, stack, "Wanda Hook", "wanda@example.com");
    await page.goto("/settings/webhooks");
    await expect(page.getByText("No webhooks yet")).toBeVisible();
    await expectAccessible(page, "no webhooks");
    await page.getByRole("button", { name: "New webhook" }).click();
    await page.getByLabel("Address").fill("http://192.168.0.7/in");
    await page.getByRole("button", { name: "Make the webhook" }).click();
    await expect(page.getByText("The address must begin with https://.")).toBeVisible();
    await page.getByLabel("Address").fill(receiver.url);
    await page.getByLabel("What for").fill("Invoices");
    await page.getByText("Chosen events").click();
    await page.getByRole("button", { name: "Make the webhook" }).click();
    await expect(page.getByText("Choose at least one event.")).toBeVisible();
    await expectAccessible(page, "choosing events");
    await page.getByRole("checkbox", { name: "client.created" }).check();
    await page.getByRole("button", { name: "Make the webhook" }).click();
    const secret = await page.getByLabel("The webhook's secret").inputValue();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    await expectAccessible(page, "the secret");
    await page.getByRole("button", { name: "Done" }).click();
    await expect(page).toHaveURL(/\/settings\/webhooks\/hook_[0-9a-z]{26}$/);
    await expect(page.getByText("client.created")).toBeVisible();

    await page.getByRole("button", { name: "Send a test" }).click();
    const ping = await receiver.message("webhook.ping");
    expect(() => new Webhook(secret).verify(ping.body, ping.headers)).not.toThrow();
    expect(() => new Webhook(secret).verify(`${ping.body} `, ping.headers)).toThrow();
    await expect(page.getByText("Answered 200").first()).toBeVisible();

    // Something happens, and the receiver is out of order just then.
    receiver.status = 500;
    const here = page.url();
    await page.goto("/clients?new=-");
    await page.getByRole("dialog").getByLabel("Name").fill("Lumen");
    await page.getByRole("dialog").getByRole("button", { name: "Add client" }).click();
    const created = await receiver.message("client.created");
    expect(() => new Webhook(secret).verify(created.body, created.headers)).not.toThrow();
    await page.goto(here);
    const row = page.getByRole("listitem").filter({ hasText: "client.created" });
    await expect(row.getByText("Tried again").first()).toBeVisible();
    // It works again: the next attempt, five seconds after the first, finds it so.
    receiver.status = 204;
    await expect
      .poll(() => receiver.messages.filter((message) => message.headers["webhook-id"] === created.headers["webhook-id"]).length, {
        timeout: 20_000,
      })
      .toBe(2);
    await page.getByRole("button", { name: "Look again" }).click();
    await expect(row.getByText("Delivered").first()).toBeVisible();
    await row.locator("summary").click();
    await expect(row.getByText("Attempt 2").first()).toBeVisible();
    await expect(row.getByText("said 500").first()).toBeVisible();
    await expectAccessible(page, "a message with its attempts");

    // A new secret: for a day both sign.
    await page.getByRole("button", { name: "New secret" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "New secret" }).click();
    const next = await page.getByLabel("The webhook's secret").inputValue();
    expect(next).not.toBe(secret);
    await page.getByRole("button", { name: "Done" }).click();
    receiver.messages.length = 0;
    await row.getByRole("button", { name: "Send again" }).click();
    const again = await receiver.message("client.created");
    expect(again.headers["webhook-id"]).toBe(created.headers["webhook-id"]);
    expect(again.body).toBe(created.body);
    for (const good of [secret, next]) {
      expect(() => new Webhook(good).verify(again.body, again.headers)).not.toThrow();
    }

    // Gone for good: it is switched off, and its owner hears of it.
    receiver.status = 410;
    await page.getByRole("button", { name: "Send a test" }).click();
    const mail = await stack.mailTo("wanda@example.com", /switched off/);
    expect(mail).toContain("410");
    await page.reload();
    await expect(page.getByText("Off: receiver gone")).toBeVisible();
    await expectAccessible(page, "a webhook that is switched off");
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(page.getByText("No webhooks yet")).toBeVisible();
  } finally {
    await receiver.stop();
  }
});
