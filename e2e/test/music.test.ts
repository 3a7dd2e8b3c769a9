import { songs } from "@coatcheck/example-music/songs";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { ada } from "../support/gateway.ts";
import { Stage, signIn } from "../support/stage.ts";

describeInChromium("the music site", () => {
  const stage = Stage.forSuite();

  async function newListener(): Promise<Page> {
    const page = await stage.newVisitor();
    await page.goto("/music/");
    await page.waitForURL("/auth/sign-in?next=%2Fmusic%2F");
    await signIn(page, ada);
    await page.waitForURL("/music/");
    await page.locator("#room").waitFor();
    return page;
  }

  const positionOf = (page: Page) => page.locator("#position").inputValue().then(Number);
  const titleOf = (page: Page) => page.locator("#now-playing h2").innerText();

  /** The URL of the song that is being fetched, pass included. */
  async function play(page: Page, index: number): Promise<URL> {
    const fetched = page.waitForRequest((request) => request.url().includes(songs[index]?.path ?? "none"));
    await page.locator("#songs li").nth(index).getByRole("button").click();
    await expect.poll(() => positionOf(page), { timeout: 10_000 }).toBeGreaterThan(0.3);
    return new URL((await fetched).url());
  }

  const statusOf = async (url: URL | string, headers: Readonly<Record<string, string>> = {}) =>
    (await fetch(url, { headers: { range: "bytes=0-1", ...headers } })).status;

  test("a user who signs in comes back to it, plays a song and seeks in it", async () => {
    const page = await newListener();
    await play(page, 1);
    expect(await titleOf(page)).toBe(songs[1]?.title);
    await page.locator("#position").fill("90");
    await expect.poll(() => positionOf(page), { timeout: 10_000 }).toBeGreaterThan(90.3);
    expect(await positionOf(page)).toBeLessThan(100);
  });

  test("the URL of a song works in another client, for that song alone, and is no way in", async () => {
    const page = await newListener();
    const url = await play(page, 0);
    expect(await statusOf(url)).toBe(206);

    const pass = url.searchParams.get("token") ?? "";
    const at = (path: string, token = pass) => `${url.origin}${path}?token=${token}`;
    expect(await statusOf(at(songs[1]?.path ?? ""))).toBe(401);
    expect(await statusOf(at("/songs/"))).toBe(401);
    expect(await statusOf(at(`${url.pathname}x`))).toBe(401);
    expect(await statusOf(at(url.pathname, `${pass.slice(0, -4)}AAAA`))).toBe(401);
    expect(await statusOf(url.origin + url.pathname)).toBe(401);

    const [cookie] = (await page.context().cookies()).filter(({ name }) => /^coatcheck-\d+$/.test(name));
    expect(await statusOf(at(url.pathname, cookie?.value))).toBe(401);
    const intruder = { cookie: `${cookie?.name}=${pass}`, authorization: `Bearer ${pass}` };
    expect(await statusOf(`${stage.url}/auth/me?token=${pass}`, intruder)).toBe(401);
    expect(await statusOf(`${stage.url}/auth/sessions?token=${pass}`, intruder)).toBe(401);
    expect(await statusOf(`${stage.url}/api/library/songs?token=${pass}`, intruder)).toBe(401);
  });

  test("after the sign-out there is no new pass, and the old one is void with the next poll", async () => {
    const page = await newListener();
    const url = await play(page, 2);
    const [cookie] = (await page.context().cookies()).filter(({ name }) => /^coatcheck-\d+$/.test(name));
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.locator("#farewell").waitFor();
    const begun = performance.now();
    await expect.poll(() => statusOf(url), { timeout: 10_000, interval: 50 }).toBe(401);
    // Said, not required: a machine may be as slow as it likes.
    process.stderr.write(`a pass was void ${Math.round(performance.now() - begun)} ms after the sign-out was seen\n`);

    const late = await fetch(`${stage.url}/auth/access`, {
      method: "POST",
      headers: { cookie: `${cookie?.name}=${cookie?.value}`, "x-csrf": "1", "content-type": "application/json" },
      body: JSON.stringify({ path: songs[2]?.path }),
    });
    expect(late.status).toBe(401);
  });

  test("a session that is ended from another device stops the music, and the page says so", async () => {
    const page = await newListener();
    await play(page, 3);
    const other = await stage.newSignedIn(ada);
    await other.getByRole("button", { name: "Sign out everywhere else" }).click();
    await other.getByRole("button", { name: "Sign out the others" }).click();
    await other.getByText("No other devices are signed in.").waitFor();
    await page.locator("#songs li").nth(4).getByRole("button").click();
    await page.locator("#farewell").waitFor();
    expect(await page.locator("#farewell a").getAttribute("href")).toContain("/auth/sign-in");
  });

  test("the library has no other way in than the gateway", async () => {
    const page = await newListener();
    const { headers } = await page.evaluate<{ headers: { name: string; value: string }[] }>(
      "fetch('/api/library/whoami', { headers: { 'Remote-User': 'root', 'X-Forwarded-For': '10.0.0.1' } }).then((answer) => answer.json())",
    );
    const seen = new Map(headers.map(({ name, value }) => [name.toLowerCase(), value]));
    expect(seen.has("remote-user")).toBe(false);
    expect(seen.get("x-forwarded-for")).toBe("127.0.0.1");
    expect(seen.has("cookie")).toBe(false);
    expect(await statusOf(`${stage.libraryUrl}/api/library/songs`)).toBe(401);
    expect(await statusOf(`${stage.libraryUrl}/api/library/songs`, { "remote-user": "root" })).toBe(401);
  });
});
