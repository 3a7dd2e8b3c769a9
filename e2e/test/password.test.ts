import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { ada } from "../support/gateway.ts";
import { devices, notice, problem, Stage, signIn } from "../support/stage.ts";

const NEW_PASSWORD = "weaving algebraic patterns";

describeInChromium("changing the password", () => {
  const stage = Stage.forSuite();

  test("signs out every other device, keeps this one, and retires the old password", async () => {
    const other = await stage.newSignedIn(ada);
    const page = await stage.newSignedIn(ada);
    expect(await devices(page).count()).toBe(2);
    await changePassword(page, ada.password, NEW_PASSWORD);
    await notice(page).waitFor();
    expect(await notice(page).innerText()).toBe("Your password is changed. Every other device is signed out.");
    expect(await devices(page).count()).toBe(1);
    expect(await page.getByLabel("New password", { exact: true }).inputValue()).toBe("");

    await page.reload();
    await devices(page).first().waitFor();
    await other.reload();
    expect(new URL(other.url()).pathname).toBe("/auth/sign-in");
    await signIn(other, ada);
    await problem(other).waitFor();
    await signIn(other, { email: ada.email, password: NEW_PASSWORD });
    await other.waitForURL("/auth/account");
  });

  test("needs the current one", async () => {
    const page = await stage.newSignedIn(ada);
    await changePassword(page, "not the current password", NEW_PASSWORD);
    await problem(page).waitFor();
    expect(await problem(page).innerText()).toBe("Your current password is not right. Please try again.");
    expect(await page.evaluate("document.activeElement.id")).toBe("current-password");
  });

  test.each([
    ["too short", "it is shorter than 15 characters"],
    [ada.password, "it is the one you have now"],
    ["ada example 2026", "little more than your name or email address"],
  ])("refuses %j and says why", async (password, reason) => {
    const page = await stage.newSignedIn(ada);
    await changePassword(page, ada.password, password);
    await problem(page).waitFor();
    expect(await problem(page).innerText()).toContain(reason);
    expect(await page.evaluate("document.activeElement.id")).toBe("new-password");
    await page.reload();
    await devices(page).first().waitFor();
  });

  async function changePassword(page: Page, current: string, next: string): Promise<void> {
    await page.getByLabel("Current password", { exact: true }).fill(current);
    await page.getByLabel("New password", { exact: true }).fill(next);
    await page.getByRole("button", { name: "Change password" }).click();
  }
});
