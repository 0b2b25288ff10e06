import { expect, test } from "../support/fixtures.ts";
import { signIn } from "../support/people.ts";

test("the app says who reads a text, where a review came from, and what AI may cost", async ({ page, stack }) => {
  await signIn(page, stack, stack.demo.email, stack.demo.password);

  await page.goto("/paste");
  await expect(page.getByText("Read by rules on this server; no AI model sees it.")).toBeVisible();

  await page.goto("/review");
  await page.locator("main a[href^='/review/']").first().click();
  await page.getByText("How this came about").click();
  const origin = page.locator(".rv-origin");
  await expect(origin.getByText(/^basic\//)).toBeVisible();
  await expect(origin.getByText(/^[0-9a-f]{16}…$/)).toBeVisible();

  await page.goto("/settings/ai");
  await expect(page.getByText("Built-in rules at this installation")).toBeVisible();
  await expect(page.getByText(/of \$\d+\.\d\d left/).first()).toBeVisible();
  const examples = page.getByRole("switch", { name: "Show the model what was accepted before" });
  await expect(examples).not.toBeChecked();
  await examples.click();
  await expect(examples).toBeChecked();
  await page.reload();
  await expect(examples).toBeChecked();
  await examples.click();
  await expect(examples).not.toBeChecked();
});
