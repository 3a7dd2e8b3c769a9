import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { ada } from "../support/gateway.ts";
import { keepScreenshot } from "../support/screenshot.ts";
import { devices, problem, Stage, signIn } from "../support/stage.ts";

const AUDIT = await readFile(new URL("../support/page-audit.js", import.meta.url), "utf8");

const LOOKS = [320, 390, 1280].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme, look: `${width}-${colorScheme}` })),
);

describeInChromium("how the pages look", () => {
  const stage = Stage.forSuite();

  test.each(LOOKS)("sound and readable, in $look", async ({ width, colorScheme, look }) => {
    await stage.newSignedIn(ada);
    const page = await stage.newVisitor({ viewport: { width, height: 800 }, colorScheme });
    await page.goto("/auth/sign-in?next=/auth/account");
    await review(page, `sign-in-${look}`);
    await signIn(page, { ...ada, password: "not the right password" });
    await problem(page).waitFor();
    await review(page, `sign-in-refused-${look}`);

    await signIn(page, ada);
    await devices(page).first().waitFor();
    await review(page, `account-${look}`);
    await page.getByRole("button", { name: "Sign out everywhere else" }).click();
    await page.getByRole("dialog").waitFor();
    await review(page, `account-confirmation-${look}`, { fullPage: false });
  });

  test("dark where the system is dark, light where it is light", async () => {
    const backgrounds: number[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await stage.newVisitor({ colorScheme });
      await page.goto("/auth/sign-in");
      const color = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
      backgrounds.push(Number(/\d+/.exec(String(color))?.[0]));
    }
    expect(backgrounds[0]).toBeGreaterThan(200);
    expect(backgrounds[1]).toBeLessThan(50);
  });

  test("every stop of the Tab key shows where it is", async () => {
    const page = await stage.newSignedIn(ada);
    const stops: string[] = [];
    // From the top of the page once around: the focus then leaves the page for the browser.
    await page.evaluate("document.activeElement.blur()");
    for (let press = 0; press < 20; press++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate("document.activeElement.id || document.activeElement.textContent");
      if (name === stops[0] || (await page.evaluate("document.activeElement === document.body"))) break;
      stops.push(String(name));
      const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
      expect(outline, `the outline of ${name}`).toBe("solid");
    }
    expect(stops).toEqual([
      "sign-out",
      "current-password",
      "Show current password",
      "new-password",
      "Show new password",
      "Change password",
    ]);
  });

  test("without JavaScript the page says what is missing, and cannot put a password into the address", async () => {
    const page = await stage.newVisitor({ javaScriptEnabled: false });
    await page.goto("/auth/sign-in");
    expect(await page.locator("noscript").innerText()).toContain("Signing in needs JavaScript");
    expect(await page.getByRole("button", { name: "Sign in" }).isDisabled()).toBe(true);
    expect(await page.locator("form").getAttribute("method")).toBe("post");
  });

  async function review(page: Page, name: string, options = {}): Promise<void> {
    await keepScreenshot(page, name, options);
    expect(await page.evaluate(AUDIT), name).toEqual([]);
  }
});
