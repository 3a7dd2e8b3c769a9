import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { ada } from "../support/gateway.ts";
import { devices, notice, problem, Stage } from "../support/stage.ts";

// Long enough that the action which follows the password finds the login fresh on a slow machine too.
const FRESH_FOR_SECONDS = 5;

describeInChromium("a login that is not fresh any more", () => {
  const stage = Stage.forSuite({ freshForSeconds: FRESH_FOR_SECONDS });

  test("has to give the password before it signs another device out", async () => {
    const other = await stage.newSignedIn(ada);
    const page = await staleVisitor();
    await signOutOther(page).click();
    const dialog = page.getByRole("dialog", { name: "Is it still you?" });
    await dialog.waitFor();
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("reauthentication-password");

    await page.keyboard.type("not the right password");
    await page.keyboard.press("Enter");
    await problem(page).waitFor();
    expect(await problem(page).innerText()).toBe("That password is not right. Please try again.");
    expect(await devices(page).count()).toBe(2);

    await page.keyboard.type(ada.password);
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "hidden" });
    await notice(page).waitFor();
    expect(await devices(page).count()).toBe(1);
    await other.reload();
    expect(new URL(other.url()).pathname).toBe("/auth/sign-in");
  });

  test("has to give the password before it signs out everywhere else", async () => {
    const other = await stage.newSignedIn(ada);
    const page = await staleVisitor();
    await page.getByRole("button", { name: "Sign out everywhere else" }).click();
    await page.getByRole("button", { name: "Sign out the others" }).click();
    await page.getByRole("dialog", { name: "Is it still you?" }).waitFor();
    await page.keyboard.type(ada.password);
    await page.keyboard.press("Enter");
    await notice(page).waitFor();
    expect(await notice(page).innerText()).toBe("1 other device is now signed out.");
    await other.reload();
    expect(new URL(other.url()).pathname).toBe("/auth/sign-in");
  });

  test("changes nothing when the question is dismissed, and forgets what was typed", async () => {
    const other = await stage.newSignedIn(ada);
    const page = await staleVisitor();
    const dialog = page.getByRole("dialog", { name: "Is it still you?" });
    for (const dismiss of [
      () => page.keyboard.press("Escape"),
      () => dialog.getByRole("button", { name: "Cancel" }).click(),
    ]) {
      await signOutOther(page).click();
      await dialog.waitFor();
      expect(await dialog.getByLabel("Password", { exact: true }).inputValue()).toBe("");
      await page.keyboard.type("half a pass");
      await dismiss();
      await dialog.waitFor({ state: "hidden" });
      await expect.poll(() => page.evaluate("document.activeElement.textContent")).toMatch(/^Sign out Chrome/);
    }
    expect(await devices(page).count()).toBe(2);
    await other.reload();
    expect(new URL(other.url()).pathname).toBe("/auth/account");
  });

  test("is told to wait a little while this browser is between two cookies", async () => {
    await stage.newSignedIn(ada);
    const page = await staleVisitor();
    const busy = JSON.stringify({ status: 409, code: "session_busy" });
    await page.route("**/auth/reauthenticate", (route) => route.fulfill({ status: 409, body: busy }), { times: 1 });
    await signOutOther(page).click();
    await page.getByRole("dialog").waitFor();
    await page.keyboard.type(ada.password);
    await page.keyboard.press("Enter");
    await problem(page).waitFor();
    expect(await problem(page).innerText()).toContain("Wait a little, then try again.");
    await page.keyboard.press("Enter");
    await notice(page).waitFor();
    expect(await devices(page).count()).toBe(1);
  });

  async function staleVisitor(): Promise<Page> {
    const page = await stage.newSignedIn(ada);
    // The gateway read the same clock, no later than now: from then on it takes the login for stale.
    const staleAt = Date.now() + FRESH_FOR_SECONDS * 1_000;
    await expect.poll(() => Date.now(), { timeout: 10_000 }).toBeGreaterThan(staleAt);
    return page;
  }

  function signOutOther(page: Page) {
    return devices(page).getByRole("button", { name: /^Sign out/ });
  }
});
