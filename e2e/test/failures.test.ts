import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { ada } from "../support/gateway.ts";
import { devices, problem, Stage, signIn } from "../support/stage.ts";

describeInChromium("when something fails, the pages say what and let one try again", () => {
  const stage = Stage.forSuite();

  test("signing in while the service is down", async () => {
    const page = await stage.newVisitor();
    await page.goto("/auth/sign-in");
    await answerOnce(page, "/auth/login", 503, "unavailable");
    await signIn(page, ada);
    await problem(page).waitFor();
    expect(await problem(page).innerText()).toBe(
      "The service could not do this just now. Please try again in a moment.",
    );
    await page.keyboard.press("Enter");
    await page.waitForURL("/auth/account");
  });

  test("signing in without a network", async () => {
    const page = await stage.newVisitor();
    await page.goto("/auth/sign-in");
    await page.context().setOffline(true);
    await page.getByText("You are offline.").waitFor();
    await signIn(page, ada);
    expect(await problem(page).innerText()).toContain("We could not reach the server");

    await page.context().setOffline(false);
    await page.getByText("You are offline.").waitFor({ state: "hidden" });
    await signIn(page, ada);
    await page.waitForURL("/auth/account");
  });

  test("a list of devices that does not arrive", async () => {
    const page = await stage.newSignedIn(ada);
    await answerOnce(page, "/auth/sessions", 503, "unavailable");
    await page.reload();
    await problem(page).waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await devices(page).first().waitFor();
    expect(await problem(page).count()).toBe(0);
  });

  test("a sign-out that was not taken: one is still signed in, and told so", async () => {
    const page = await stage.newSignedIn(ada);
    const signOut = page.getByRole("button", { name: "Sign out", exact: true });
    await answerOnce(page, "/auth/logout", 503, "unavailable");
    await signOut.click();
    await problem(page).waitFor();
    expect(await problem(page).innerText()).toMatch(/^You are not signed out yet\. The service could not do this/);
    await signOut.click();
    await page.waitForURL(/\/auth\/sign-in/);
  });

  test("signing out everywhere else too often", async () => {
    const page = await stage.newSignedIn(ada);
    for (let time = 0; time < 5; time++) {
      const answer = await page.request.delete("/auth/sessions", { headers: { "x-csrf": "1" } });
      expect(answer.status()).toBe(200);
    }
    await stage.newSignedIn(ada);
    await page.reload();
    const everywhere = page.getByRole("button", { name: "Sign out everywhere else" });
    await everywhere.click();
    await page.getByRole("button", { name: "Sign out the others" }).click();
    await problem(page).waitFor();
    expect(await problem(page).innerText()).toMatch(
      /^Too many attempts\. You can try again in (1 minute|\d+ seconds?)\.$/,
    );
    expect(await everywhere.getAttribute("aria-disabled")).toBe("true");
    expect(await devices(page).count()).toBe(2);
  });

  /** Stands in for the gateway, once, for an answer that it gives only in trouble. */
  async function answerOnce(page: Page, path: string, status: number, code: string): Promise<void> {
    await page.route(
      `**${path}`,
      (route) =>
        route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify({ status, code }) }),
      { times: 1 },
    );
  }
});
