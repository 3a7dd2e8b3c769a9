import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { ada } from "../support/gateway.ts";
import { devices, notice, Stage } from "../support/stage.ts";

// The picture of the README: on a laptop, a user signs a lost phone out, and the phone's next request shows it.
// `npm run picture` writes it anew. Otherwise this holds what the pages show to what the picture shows, by their contents.

const PICTURE = "docs/images/signing-out-a-lost-phone.png";
const MAXIMUM_BYTES = 300_000;

const LAPTOP = {
  userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36",
  viewport: { width: 720, height: 580 },
};
const PHONE = {
  userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
  viewport: { width: 320, height: 580 },
};
const SHARP = { deviceScaleFactor: 2, colorScheme: "light" } as const;

describeInChromium("the picture of the README", () => {
  const stage = Stage.forSuite();

  test("shows what the pages show when a lost phone is signed out", async () => {
    const phone = await stage.newSignedIn(ada, { ...PHONE, ...SHARP });
    const laptop = await stage.newSignedIn(ada, { ...LAPTOP, ...SHARP });
    expect(await laptop.getByRole("heading").allInnerTexts()).toContain("Your devices");
    expect(await namesOf(laptop)).toEqual(["Chrome on macOS", "Safari on iPhone"]);
    const button = laptop.getByRole("button", { name: "Sign out Safari on iPhone" });
    await button.hover();
    const before = await laptop.screenshot();

    await button.click();
    await notice(laptop).waitFor();
    expect(await notice(laptop).innerText()).toBe("Safari on iPhone is now signed out.");
    expect(await namesOf(laptop)).toEqual(["Chrome on macOS"]);
    await phone.reload();
    await phone.getByRole("button", { name: "Sign in" }).waitFor();
    await phone.mouse.wheel(0, 50); // so that the whole form is in view
    await expect.poll(() => phone.evaluate("scrollY")).toBe(50);
    const after = await phone.screenshot();

    if (process.env.WRITE_PICTURE === "true") writeFileSync(inRepository(PICTURE), await sideBySide(before, after));
  });

  /** What each device of the list is called, this one first. */
  async function namesOf(page: Page): Promise<readonly string[]> {
    const texts = await devices(page).allInnerTexts();
    return texts.map((text) => text.split("\n")[0] ?? "");
  }

  async function sideBySide(laptop: Buffer, phone: Buffer): Promise<Buffer> {
    const page = await stage.newVisitor({ viewport: { width: 1180, height: 680 }, ...SHARP });
    await page.setContent(`<!doctype html>
      <style>
        body { margin: 0; padding: 24px 32px; display: flex; gap: 40px; justify-content: center; background: #e8ecf1;
          font: 17px system-ui, sans-serif; color: #1f2933; }
        figure { margin: 0; }
        img { display: block; height: 580px; border: 8px solid #1f2933; border-radius: 12px; }
        figure + figure img { border-radius: 28px; }
        figcaption { margin-bottom: 10px; font-weight: 600; }
      </style>
      <figure><figcaption>On the laptop: sign the lost phone out</figcaption><img src="${dataUrlOf(laptop)}"></figure>
      <figure><figcaption>On the phone: its next request</figcaption><img src="${dataUrlOf(phone)}"></figure>`);
    return await page.screenshot();
  }
});

test("the picture is in the README, and small", () => {
  expect(readFileSync(inRepository("README.md"), "utf8")).toContain(`](${PICTURE})`);
  const picture = readFileSync(inRepository(PICTURE));
  expect(picture.subarray(1, 4).toString()).toBe("PNG");
  expect(picture.length).toBeLessThan(MAXIMUM_BYTES);
});

function dataUrlOf(picture: Buffer): string {
  return `data:image/png;base64,${picture.toString("base64")}`;
}

function inRepository(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
