import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const FOLDER = fileURLToPath(new URL("../screenshots/", import.meta.url));

/** For people to look at, with SCREENSHOTS in the environment: no test compares pictures, and each costs as much as its page. */
export async function keepScreenshot(page: Page, name: string, { fullPage = true } = {}): Promise<void> {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${FOLDER}${name}.png`, fullPage });
}
