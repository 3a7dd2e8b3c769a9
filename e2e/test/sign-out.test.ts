import { mkdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { ada } from "../support/gateway.ts";
import { devices, notice, Stage, signIn } from "../support/stage.ts";

const SCREENSHOTS = fileURLToPath(new URL("../screenshots/", import.meta.url));
const AUDIT = await readFile(new URL("../support/page-audit.js", import.meta.url), "utf8");

beforeAll(() => mkdir(SCREENSHOTS, { recursive: true }));

describeInChromium("a link to sign out, in a tool that has none of its own", () => {
  const stage = Stage.forSuite();

  test.each(
    [320, 1280].flatMap((width) => (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme }))),
  )(
    "leads to a page that says who and where, and whose button does it, at $width in $colorScheme",
    async ({ width, colorScheme }) => {
      const page = await stage.newSignedIn(ada, { viewport: { width, height: 800 }, colorScheme });
      await page.goto("/auth/sign-out");
      await page.getByText(`You are signed in to ${new URL(stage.url).host} as ${ada.email}.`).waitFor();
      await page.screenshot({ path: `${SCREENSHOTS}sign-out-${width}-${colorScheme}.png`, fullPage: true });
      expect(await page.evaluate(AUDIT)).toEqual([]);
      // Looking at it has changed nothing.
      expect((await page.request.get("/auth/me")).status()).toBe(200);
      await page.getByRole("button", { name: "Sign out" }).click();
      await notice(page).getByText("You are signed out on this device.").waitFor();
      expect((await page.request.get("/auth/me")).status()).toBe(401);
      await page.goto("/auth/sign-out");
      expect(new URL(page.url()).pathname).toBe("/auth/sign-in");
    },
  );

  test("that goes to the logout itself signs no one out, and says where the button is", async () => {
    const page = await stage.newSignedIn(ada);
    const answer = await page.goto("/auth/logout");
    expect(answer?.status()).toBe(405);
    await page.screenshot({ path: `${SCREENSHOTS}logout-by-link.png` });
    await page.getByRole("link", { name: "Go to the sign-out page" }).click();
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    expect((await page.request.get("/auth/me")).status()).toBe(200);
  });
});

describeInChromium("a list of devices that are signed in to several sites", () => {
  const stage = Stage.forSuite({ hostnames: ["app.site.localhost", "music.site.localhost"] });

  test("says which site each of them is at, and so does what signs it out", async () => {
    const page = await stage.newSignedIn(ada);
    const [app, music] = [stage.url, stage.url.replace("app.", "music.")];
    await page.goto(`${music}/auth/sign-in`);
    await signIn(page, ada);
    await expect.poll(() => devices(page).count()).toBe(2);
    expect(await devices(page).nth(0).innerText()).toContain(new URL(music).host);
    expect(await devices(page).nth(1).innerText()).toContain(new URL(app).host);
    await page.setViewportSize({ width: 390, height: 800 });
    await page.screenshot({ path: `${SCREENSHOTS}devices-of-sites.png`, fullPage: true });
    expect(await page.evaluate(AUDIT)).toEqual([]);
    await page.getByRole("button", { name: `at ${new URL(app).host}` }).click();
    await notice(page)
      .getByText(`at ${new URL(app).host} is now signed out.`)
      .waitFor();
  });
});
