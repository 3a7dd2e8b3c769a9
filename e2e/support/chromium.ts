import { accessSync, constants } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { describe, test } from "vitest";

const PATH = "/usr/bin/chromium";
const MISSING = `Chromium is not installed at ${PATH}. Install it with: apt-get install chromium`;

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Each launch has a profile of its own, made new and removed by Playwright, which also has pages that were left forgotten unless
 * `keepsPages` says otherwise.
 */
export function launchChromium({ keepsPages = false } = {}): Promise<Browser> {
  const ignoreDefaultArgs = keepsPages ? ["--disable-back-forward-cache"] : [];
  return chromium.launch({ executablePath: PATH, args: FLAGS, ignoreDefaultArgs });
}

/** Like `describe`. Without Chromium the suite says loudly that it is skipped; in CI, where it must be there, it fails. */
export function describeInChromium(name: string, body: () => void): void {
  if (isInstalled()) {
    describe(name, body);
    return;
  }
  process.stderr.write(`\nSKIPPED "${name}": ${MISSING}\n`);
  describe(name, () => {
    test("needs Chromium", (context) => {
      if (process.env.CI === "true") throw new Error(MISSING);
      context.skip(MISSING);
    });
  });
}

function isInstalled(): boolean {
  try {
    accessSync(PATH, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
