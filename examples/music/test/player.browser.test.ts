import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describeInChromium, launchChromium } from "@coatcheck/e2e/chromium";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { songs } from "../src/songs/songs.ts";
import { MusicSite } from "./support/music-site.ts";
import { writeTones } from "./support/tones.ts";

const SCREENSHOTS = resolve(import.meta.dirname, "../screenshots");
const AUDIT = await readFile(resolve(import.meta.dirname, "../../../e2e/support/page-audit.js"), "utf8");
/** Longer than a pass lives. */
const PASS_IS_OVER_SECONDS = 301;

describeInChromium("the player", () => {
  let folder: string;
  let chromium: Browser;
  let site: MusicSite;
  let contexts: BrowserContext[] = [];
  /** What the pages complained of, besides answers that are no success. */
  let complaints: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "music-"));
    [chromium] = await Promise.all([launchChromium(), writeTones(folder)]);
  });
  afterAll(async () => {
    await chromium.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    site = await MusicSite.start(folder);
    complaints = [];
  });
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
    await site.close();
    expect(complaints).toEqual([]);
  });

  async function newListener(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await chromium.newContext({ baseURL: site.url, ...options });
    context.setDefaultTimeout(15_000);
    contexts.push(context);
    return newTab(context);
  }

  async function newTab(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("console", (message) => {
      if (message.type() === "error" && !/Failed to load resource/.test(message.text()))
        complaints.push(message.text());
    });
    await signIn(page);
    return page;
  }

  async function signIn(page: Page): Promise<void> {
    await page.goto("/auth/sign-in?next=/music/");
    await page.locator("#room").waitFor();
  }

  describe("plays", () => {
    test("nothing before it is asked to, and then the song that was chosen, by a pass for it alone", async () => {
      const page = await newListener();
      expect(site.passes).toEqual([]);
      await play(page, 2);
      await eventually(() => positionOf(page)).toBeGreaterThan(0.5);
      expect(site.passes).toEqual([songs[2]?.path]);
      expect(await titleOf(page)).toBe(songs[2]?.title);
      expect(await sourceOf(page)).toMatch(new RegExp(`^${site.files.url}${songs[2]?.path}\\?token=`));
      expect(await page.locator("#pass").innerText()).toContain(songs[2]?.path);
    });

    test("the next song when one is over, and the first after the last", async () => {
      const page = await newListener();
      await play(page, songs.length - 1);
      await seekTo(page, (songs.at(-1)?.durationSeconds ?? 0) - 1);
      await eventually(() => titleOf(page)).toBe(songs[0]?.title);
      await isPlaying(page);
    });

    test("by the buttons: previous is the beginning first, and then the song before", async () => {
      const page = await newListener();
      await button(page, "Play").click();
      await isPlaying(page);
      await button(page, "Next song").click();
      await eventually(() => titleOf(page)).toBe(songs[1]?.title);
      await isPlaying(page);
      await seekTo(page, 60);
      await button(page, "Previous song").click();
      await eventually(() => positionOf(page)).toBeLessThan(30);
      expect(await titleOf(page)).toBe(songs[1]?.title);
      await button(page, "Previous song").click();
      await eventually(() => titleOf(page)).toBe(songs[0]?.title);
      await button(page, "Pause").click();
      expect(await stateOf(page)).toBe("paused");
    });

    test("by the keys: space, arrows, and shift with arrows", async () => {
      const page = await newListener();
      await page.keyboard.press("Space");
      await isPlaying(page);
      await seekTo(page, 60);
      for (let press = 0; press < 3; press++) await page.keyboard.press("ArrowRight");
      await eventually(() => positionOf(page)).toBeGreaterThanOrEqual(75);
      await page.keyboard.press("Space");
      expect(await stateOf(page)).toBe("paused");
      const paused = await positionOf(page);
      await page.keyboard.press("ArrowLeft");
      await eventually(() => positionOf(page)).toBeCloseTo(paused - 5, 1);
      // The seek bar moves by the same steps, and is read aloud.
      await page.locator("#position").focus();
      await page.keyboard.press("ArrowLeft");
      await eventually(() => positionOf(page)).toBeCloseTo(paused - 10, 1);
      expect(await page.locator("#position").getAttribute("aria-valuetext")).toMatch(/^1 minute .* of 2 minutes /);
      await page.keyboard.press("Shift+ArrowRight");
      await eventually(() => titleOf(page)).toBe(songs[1]?.title);
    });

    test("as loud as it is told", async () => {
      const page = await newListener();
      await page.getByLabel("Volume").fill("0.35");
      expect(await page.evaluate("document.querySelector('audio').volume")).toBeCloseTo(0.35);
      await button(page, "Mute").click();
      await eventually(() => button(page, "Mute").getAttribute("aria-pressed")).toBe("true");
      expect(await page.evaluate("document.querySelector('audio').muted")).toBe(true);
    });
  });

  describe("when a pass is over", () => {
    /** At 40 seconds of the first song, and with the source that it began with. */
    async function newListenerWhosePassIsOver(): Promise<{ page: Page; first: string }> {
      const page = await newListener();
      await play(page, 0);
      await seekTo(page, 40);
      await eventually(() => positionOf(page)).toBeGreaterThan(40.2);
      const first = await sourceOf(page);
      await recordPositions(page);
      site.clock.advanceSeconds(PASS_IS_OVER_SECONDS);
      return { page, first };
    }

    test("the browser's next part of the file is refused while it plays, and it plays on from there", async () => {
      const { page, first } = await newListenerWhosePassIsOver();
      // Nothing is done here: what the browser has lasts for some seconds, and then it must ask.
      await eventually(() => sourceOf(page)).not.toBe(first);
      const atRefusal = await positionOf(page);
      await eventually(() => positionOf(page)).toBeGreaterThan(atRefusal + 2);
      expect(site.files.refusals).toBeGreaterThan(0);
      expect(await stateOf(page)).toBe("playing");
      const heard = await recordedPositions(page);
      const steppedBack = heard.filter((seconds, index) => seconds < (heard[index - 1] ?? 0) - 0.5);
      expect(steppedBack).toEqual([]);
    });

    test("and another part of the song is wanted, it goes on at that one", async () => {
      const { page, first } = await newListenerWhosePassIsOver();
      // Beyond what the browser has, so that it must ask.
      await seekTo(page, 100);
      await eventually(() => sourceOf(page)).not.toBe(first);
      await isPlaying(page);
      await eventually(() => positionOf(page)).toBeGreaterThan(101);
      expect(await positionOf(page)).toBeLessThan(120);
      expect(site.files.refusals).toBeGreaterThan(0);
      expect(site.passes).toEqual([songs[0]?.path, songs[0]?.path]);
      expect(await page.locator("#problem").textContent()).toBe("");
      const heard = await recordedPositions(page);
      expect(heard.filter((seconds) => seconds < 40)).toEqual([]);
    });

    test("it was exchanged before, and the listener has heard no gap", async () => {
      site.passLifetimeSeconds = 2;
      const page = await newListener();
      await play(page, 0);
      const first = await sourceOf(page);
      await eventually(() => site.passes.filter((name) => name === "renewal").length).toBeGreaterThan(1);
      expect(await sourceOf(page)).toBe(first);
      expect(await stateOf(page)).toBe("playing");
      expect(site.passes.filter((name) => name !== "renewal")).toEqual([songs[0]?.path]);
    });

    test("and the gateway does not answer, the listener is told, and may try again", async () => {
      const page = await newListener();
      site.accessFault = 503;
      await song(page, 0).click();
      await page.getByRole("alert").filter({ hasText: "cannot be reached" }).waitFor();
      expect(await stateOf(page)).toBe("paused");
      site.accessFault = null;
      await button(page, "Play").click();
      await isPlaying(page);
      expect(await page.locator("#problem").textContent()).toBe("");
    });

    test("and there is no other, the listener is told so", async () => {
      const page = await newListener();
      site.accessFault = 403;
      await song(page, 0).click();
      await page.getByRole("alert").filter({ hasText: "not open to you" }).waitFor();
      expect(await stateOf(page)).toBe("paused");
    });
  });

  describe("when the session is over", () => {
    test("elsewhere, it stops at the next pass, says so kindly, and goes on there after signing in again", async () => {
      const page = await newListener();
      await play(page, 3);
      await seekTo(page, 30);
      await eventually(() => positionOf(page)).toBeGreaterThan(30);
      await site.sessions.revokeAll("ada");
      site.clock.advanceSeconds(PASS_IS_OVER_SECONDS);
      await page.getByRole("heading", { name: "Your session has ended" }).waitFor({ timeout: 15_000 });
      expect(await sourceOf(page)).toBe("");
      expect(await song(page, 3).count()).toBe(0);
      const link = page.getByRole("link", { name: "Sign in" });
      expect(await link.getAttribute("href")).toBe("/auth/sign-in?next=/music/");
      await link.click();
      await page.locator("#room").waitFor();
      expect(await titleOf(page)).toBe(songs[3]?.title);
      await button(page, "Play").click();
      await isPlaying(page);
      expect(await positionOf(page)).toBeGreaterThanOrEqual(30);
    });

    test("it is heard when the pass is to be exchanged, long before the song runs dry", async () => {
      site.passLifetimeSeconds = 2;
      const page = await newListener();
      await play(page, 0);
      await site.sessions.revokeAll("ada");
      await page.getByRole("heading", { name: "Your session has ended" }).waitFor();
      expect(await sourceOf(page)).toBe("");
    });

    test("by the button here, every tab falls silent at once", async () => {
      const page = await newListener();
      const other = await newTab(page.context());
      await other.evaluate("sessionStorage.clear()");
      for (const tab of [page, other]) await play(tab, 0);
      await button(page, "Sign out").click();
      for (const tab of [page, other]) {
        await tab.getByRole("heading", { name: "You are signed out" }).waitFor();
        expect(await sourceOf(tab)).toBe("");
        expect(await tab.getByRole("link", { name: "Sign in again" }).isVisible()).toBe(true);
      }
      expect(await site.sessions.list("ada")).toEqual([]);
    });

    test("a page that comes back as it was left looks first whether it still may", async () => {
      const page = await newListener();
      await site.sessions.revokeAll("ada");
      await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
      await page.getByRole("heading", { name: "Your session has ended" }).waitFor();
    });
  });

  describe("looks", () => {
    test.each([
      [1280, "light"],
      [1280, "dark"],
      [390, "light"],
      [390, "dark"],
      [320, "light"],
    ] as const)("sound and readable at a width of %d, %s", async (width, colorScheme) => {
      const page = await newListener({ viewport: { width, height: 844 }, colorScheme });
      await play(page, 1);
      await seekTo(page, 48);
      await keepScreenshot(page, `playing-${width}-${colorScheme}`);
      expect(await page.evaluate(AUDIT)).toEqual([]);
      await button(page, "Sign out").click();
      await page.getByRole("heading", { name: "You are signed out" }).waitFor();
      await keepScreenshot(page, `farewell-${width}-${colorScheme}`);
      expect(await page.evaluate(AUDIT)).toEqual([]);
    });

    test("still where motion is not wanted", async () => {
      const moving: unknown[] = [];
      for (const reducedMotion of ["no-preference", "reduce"] as const) {
        const page = await newListener({ reducedMotion });
        await song(page, 0).click();
        await page.locator(".song.is-playing").waitFor();
        moving.push(await page.evaluate("document.getAnimations().length > 0"));
      }
      expect(moving).toEqual([true, false]);
    });

    test("where the focus is", async () => {
      const page = await newListener();
      const stops: string[] = [];
      for (let press = 0; press < 8 + songs.length; press++) {
        await page.keyboard.press("Tab");
        stops.push(String(await page.evaluate("document.activeElement.id || document.activeElement.className")));
        expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
      }
      const songStops = songs.map(() => "song");
      expect(stops).toEqual([
        "account",
        "sign-out",
        "position",
        "previous",
        "toggle",
        "next",
        "mute",
        "volume",
        ...songStops,
      ]);
    });
  });
});

function song(page: Page, index: number) {
  return page.getByRole("button", { name: songs[index]?.title ?? "" });
}

function button(page: Page, name: string) {
  return page.getByRole("button", { name, exact: true });
}

async function play(page: Page, index: number): Promise<void> {
  await song(page, index).click();
  await isPlaying(page);
}

function isPlaying(page: Page): Promise<void> {
  return page.locator('#toggle[data-state="playing"]').waitFor();
}

function stateOf(page: Page): Promise<string | null> {
  return page.locator("#toggle").getAttribute("data-state");
}

function titleOf(page: Page): Promise<string | null> {
  return page.locator("#now-playing h2").textContent();
}

/** As the listener would by letting go of the seek bar. */
async function seekTo(page: Page, seconds: number): Promise<void> {
  await page.locator("#position").fill(String(seconds));
}

/** For people to look at, with SCREENSHOTS in the environment: no test compares pictures. */
async function keepScreenshot(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
}

async function positionOf(page: Page): Promise<number> {
  return Number(await page.evaluate("document.querySelector('audio').currentTime"));
}

async function sourceOf(page: Page): Promise<string> {
  return String(await page.evaluate("document.querySelector('audio').getAttribute('src') ?? ''"));
}

/** Notes every position from now on that the element tells of once it knows its song. */
async function recordPositions(page: Page): Promise<void> {
  await page.evaluate(`
    window.positions = [];
    document.querySelector("audio").ontimeupdate = ({ target }) => {
      if (target.readyState > 0) window.positions.push(target.currentTime);
    };
  `);
}

async function recordedPositions(page: Page): Promise<readonly number[]> {
  const positions: unknown = await page.evaluate("window.positions");
  return Array.isArray(positions) ? positions.map(Number) : [];
}

/** Long, for a machine that has much else to do. */
function eventually<Value>(look: () => Value | Promise<Value>) {
  return expect.poll(look, { timeout: 15_000 });
}
