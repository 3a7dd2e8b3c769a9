import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { Stage } from "../support/stage.ts";

/** Answers for paths of its route with a page that says it is of one policy with the sign-in page. */
const WORKER = `
  addEventListener("install", () => skipWaiting());
  addEventListener("activate", (event) => event.waitUntil(clients.claim()));
  addEventListener("fetch", (event) => {
    if (!event.request.url.endsWith("/music/made-up")) return;
    const headers = { "content-type": "text/html", "cross-origin-opener-policy": "same-origin" };
    event.respondWith(new Response("<title>made up</title>", { headers }));
  });`;

describeInChromium("a service that wants the passwords of its neighbours", () => {
  let service: Server;
  beforeAll(async () => {
    service = createServer((request, response) => answer(request.url ?? "", response));
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => void service.close());
  const upstream = () => `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const stage = Stage.forSuite({ routes: () => [{ path: "/music/", upstream: upstream(), access: "public" }] });

  test("cannot have its service worker answer for the sign-in page, but for its own pages", async () => {
    const page = await stage.newVisitor();
    await page.goto("/music/");
    const register = (scope: string) =>
      page.evaluate(
        `navigator.serviceWorker.register("/music/worker.js", { scope: "${scope}" }).then(() => "registered")`,
      );
    await expect(register("/")).rejects.toThrow(/max scope/);
    expect(await register("/music/")).toBe("registered");
  });

  test.each(["/music/isolated", "/music/made-up"])("cannot reach into the sign-in page that %s opens", async (path) => {
    const page = await stage.newVisitor();
    await page.goto("/music/");
    await page.evaluate(
      `navigator.serviceWorker.register("/music/worker.js").then(() => navigator.serviceWorker.ready)`,
    );
    await page.goto(path);
    expect(await page.title()).toBe(path === "/music/isolated" ? "isolated" : "made up");
    const opened = await openSignIn(page);
    expect(await opened.title()).toMatch(/^Sign in/);
    // A window that is out of reach looks closed.
    expect(await page.evaluate("opened.closed ? 'out of reach' : opened.document.title")).toBe("out of reach");
    expect(await opened.evaluate("opener")).toBeNull();
  });
});

async function openSignIn(page: Page): Promise<Page> {
  const opening = page.context().waitForEvent("page");
  await page.evaluate(`void (window.opened = open("/auth/sign-in"))`);
  const opened = await opening;
  await opened.getByLabel("Email").waitFor();
  return opened;
}

function answer(url: string, response: ServerResponse): void {
  if (url === "/music/worker.js") {
    response.writeHead(200, { "content-type": "text/javascript", "service-worker-allowed": "/" }).end(WORKER);
    return;
  }
  const isolated = { "cross-origin-opener-policy": "same-origin" };
  response.writeHead(200, { "content-type": "text/html", ...(url === "/music/isolated" && isolated) });
  response.end(`<!doctype html><title>${url.slice("/music/".length)}</title>`);
}
