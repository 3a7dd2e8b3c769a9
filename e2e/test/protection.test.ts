import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { ada } from "../support/gateway.ts";
import { devices, Stage, signIn } from "../support/stage.ts";

const INJECTED = `
  <script>window.injected = "script"</script>
  <img src="/auth/nothing" onerror="window.injected = 'handler'">
  <p id="styled" style="position: fixed">styled</p>
  <base href="https://elsewhere.invalid/">`;

describeInChromium("what the browser is told to protect", () => {
  const stage = Stage.forSuite();

  test("a copied cookie is dead from the moment the sign-out has answered", async () => {
    const page = await stage.newSignedIn(ada);
    const copy = await sessionCookie(page);
    expect(await statusOf("/auth/me", copy)).toBe(200);
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByText("You are signed out on this device.").waitFor();
    expect(await statusOf("/auth/me", copy)).toBe(401);
    expect(await statusOf("/auth/sessions", copy)).toBe(401);
  });

  test("scripts of the page see no cookie, and nothing is kept where they could read it", async () => {
    const page = await stage.newSignedIn(ada);
    const cookies = await page.context().cookies();
    expect(cookies.length).toBeGreaterThan(0);
    expect(cookies.filter(({ httpOnly, sameSite }) => !httpOnly || sameSite !== "Lax")).toEqual([]);
    expect(await page.evaluate("document.cookie")).toBe("");
    expect(await page.evaluate("localStorage.length + sessionStorage.length")).toBe(0);
  });

  test("using both pages breaks no rule of their content security policy", async () => {
    const page = await stage.newVisitor();
    const complaints = collectComplaints(page);
    await page.goto("/auth/sign-in");
    await signIn(page, { ...ada, password: "not the right password" });
    await page.getByRole("alert").filter({ hasText: "do not match" }).waitFor();
    await signIn(page, ada);
    await devices(page).first().waitFor();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByText("You are signed out on this device.").waitFor();
    expect(complaints.filter((complaint) => /policy|trusted/i.test(complaint))).toEqual([]);
  });

  test("markup smuggled into a page runs no script, applies no style and moves no link", async () => {
    const page = await stage.newVisitor();
    const complaints = collectComplaints(page);
    await page.route("**/auth/sign-in", async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace("<main", `${INJECTED}<main`);
      await route.fulfill({ response, body });
    });
    await page.goto("/auth/sign-in");
    await page.locator("#styled").waitFor();

    // Each of the four was seen and refused by the browser, not merely without effect.
    const refusals = () => complaints.filter((complaint) => complaint.includes("Content Security Policy")).length;
    await expect.poll(refusals).toBeGreaterThanOrEqual(4);
    expect(await page.evaluate("typeof window.injected")).toBe("undefined");
    expect(await page.evaluate("getComputedStyle(document.querySelector('#styled')).position")).toBe("static");
    expect(await page.evaluate("document.baseURI")).toBe(`${stage.url}/auth/sign-in`);
    await signIn(page, ada);
    await page.waitForURL("/auth/account");
  });

  test("scripts of the page cannot turn text into markup or code", async () => {
    const page = await stage.newSignedIn(ada);
    const attempts = [
      "document.body.innerHTML = '<b>bold</b>'",
      "document.body.insertAdjacentHTML('beforeend', '<b>bold</b>')",
      "document.createElement('script').src = '/auth/assets/other.js'",
      "document.createElement('script').text = 'window.injected = 1'",
    ];
    for (const attempt of attempts) {
      await expect(page.evaluate(attempt), attempt).rejects.toThrow(/TrustedHTML|TrustedScript/);
    }
  });

  test("no other site can put the pages into a frame", async () => {
    const otherSite = createServer((_request, response) => {
      response.setHeader("content-type", "text/html");
      response.end(`<iframe src="${stage.url}/auth/sign-in"></iframe>`);
    });
    otherSite.listen(0, "127.0.0.1");
    await once(otherSite, "listening");
    try {
      const page = await stage.newVisitor();
      await page.goto(`http://127.0.0.1:${(otherSite.address() as AddressInfo).port}/`);
      await expect.poll(() => page.frames()[1]?.url()).toBe("chrome-error://chromewebdata/");
    } finally {
      otherSite.closeAllConnections();
      otherSite.close();
    }
  });

  function collectComplaints(page: Page): string[] {
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    return complaints;
  }

  async function sessionCookie(page: Page): Promise<string> {
    const name = `coatcheck-${new URL(stage.url).port}`;
    const cookie = (await page.context().cookies()).find((candidate) => candidate.name === name);
    if (cookie === undefined) throw new Error("The browser holds no session cookie.");
    return `${cookie.name}=${cookie.value}`;
  }

  async function statusOf(path: string, cookie: string): Promise<number> {
    return (await fetch(stage.url + path, { headers: { cookie } })).status;
  }
});
