import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { ada } from "../support/gateway.ts";
import { keepScreenshot } from "../support/screenshot.ts";
import { notice, problem, Stage, signIn } from "../support/stage.ts";

const AUDIT = await readFile(new URL("../support/page-audit.js", import.meta.url), "utf8");

const LOOKS = [320, 390, 1280].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })),
);

let upstream: Server;
beforeAll(async () => {
  upstream = createServer((request, response) => {
    const form = '<form method="post" action="/app/sent"><input name="text"><button>Send</button></form>';
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><title>${request.url}</title>${request.url === "/app/form" ? form : ""}`);
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
});
afterAll(() => void upstream.close());

const routes = () => {
  const to = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  return [
    { path: "/app/", access: "login", upstream: to },
    { path: "/app/staff/", access: "role:staff", upstream: to },
    { path: "/app/danger/", access: "fresh_login", upstream: to },
    { path: "/gone/", access: "login", upstream: "http://127.0.0.1:9" },
  ];
};

describeInChromium("the page of a problem", () => {
  const stage = Stage.forSuite({ routes, servesAllTests: true });

  test("is sound and readable, in light and dark, on phones too", async () => {
    const page = await stage.newSignedIn(ada);
    for (const [name, path, status] of [
      ["forbidden", "/app/staff/reports", 403],
      ["unreachable", "/gone/", 502],
      ["not-found", "/nothing/here", 404],
      ["invalid-path", "/app//x", 400],
      ["sign-in-switch", "/auth/sign-in?switch-user&next=/app/x", 200],
    ] as const) {
      expect((await page.goto(path))?.status()).toBe(status);
      await review(page, `problem-${name}`);
    }
  });

  test("needs no script, and the keyboard reaches what it offers, the likeliest first", async () => {
    const page = await stage.newSignedIn(ada);
    const state = await page.context().storageState();
    const plain = await stage.newVisitor({ javaScriptEnabled: false, storageState: state });
    await plain.goto("/app/staff/reports");
    expect(await plain.getByRole("heading").innerText()).toBe("This page is not open to you");
    expect(await plain.locator("script").count()).toBe(0);

    await page.goto("/app/staff/reports");
    for (const name of ["Sign in as someone else", "Go to your account"]) {
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.textContent")).toBe(name);
      expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    }
    await page.keyboard.press("Enter");
    await page.waitForURL("/auth/account");
  });

  test("offers to sign in as someone else, who is led back to what was opened", async () => {
    const page = await stage.newSignedIn(ada);
    await page.goto("/app/staff/reports?tab=1");
    await page.getByRole("link", { name: "Sign in as someone else" }).click();
    await page.getByLabel("Email").waitFor();
    expect(await notice(page).innerText()).toContain("Sign in as someone else.");
    await signIn(page, ada);
    await page.waitForURL("/app/staff/reports?tab=1");
  });

  test("of a form that comes too late leads to the sign-in page, and back to the form", async () => {
    const page = await stage.newSignedIn(ada);
    await page.goto("/app/form");
    await page.context().clearCookies();
    await page.getByRole("textbox").fill("what I wrote");
    await page.getByRole("button", { name: "Send" }).click();
    expect(await page.getByRole("heading").innerText()).toBe("You are signed out");
    await review(page, "problem-form");
    await page.getByRole("link", { name: "Sign in" }).click();
    await signIn(page, ada);
    await page.waitForURL("/app/form");

    await page.getByRole("textbox").fill("what I wrote");
    await page.getByRole("button", { name: "Send" }).click();
    await page.waitForURL("/app/sent");
    expect(await page.title()).toBe("/app/sent");
  });

  test("comes up again when what failed is tried again", async () => {
    const page = await stage.newSignedIn(ada);
    await page.goto("/gone/?x=1&y=2");
    const again = page.waitForResponse((response) => response.url().includes("/gone/"));
    await page.getByRole("link", { name: "Try again" }).click();
    const response = await again;
    expect([response.status(), response.url()]).toEqual([502, `${stage.url}/gone/?x=1&y=2`]);
  });
});

const FRESH_FOR_SECONDS = 5;

describeInChromium("a page that the password once more would open", () => {
  const stage = Stage.forSuite({ routes, freshForSeconds: FRESH_FOR_SECONDS });

  test("asks for it, and leads there", async () => {
    const page = await stage.newSignedIn(ada);
    // The gateway read the same clock, no later than now: from then on it takes the login for stale.
    const staleAt = Date.now() + FRESH_FOR_SECONDS * 1_000;
    await expect.poll(() => Date.now(), { timeout: 10_000 }).toBeGreaterThan(staleAt);
    await page.goto("/app/danger/x?tab=1#here");
    await page.waitForURL(/\/auth\/confirm\?next=%2Fapp%2Fdanger%2Fx%3Ftab%3D1/);
    await review(page, "confirm");

    const password = page.getByLabel("Password", { exact: true });
    await password.fill("not the right password");
    await page.keyboard.press("Enter");
    await problem(page).waitFor();
    expect(await problem(page).innerText()).toBe("That password is not right. Please try again.");
    await review(page, "confirm-refused");
    expect(await page.locator("input[name=email]").inputValue()).toBe(ada.email);
    expect(await page.getByRole("link").getAttribute("href")).toBe(
      "/auth/sign-in?switch-user&next=%2Fapp%2Fdanger%2Fx%3Ftab%3D1#here",
    );
    await password.fill(ada.password);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/app\/danger\/x\?tab=1/);
    expect(await page.title()).toBe("/app/danger/x?tab=1");
  });
});

async function review(page: Page, name: string): Promise<void> {
  for (const { width, colorScheme } of LOOKS) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    const look = `${name}-${width}-${colorScheme}`;
    await keepScreenshot(page, look);
    expect(await page.evaluate(AUDIT), look).toEqual([]);
  }
}
