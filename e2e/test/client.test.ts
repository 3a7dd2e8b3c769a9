import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { coatcheck } from "coatcheck/node";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInChromium, launchChromium } from "../support/chromium.ts";

/** As it is built: a browser takes no TypeScript. */
const CLIENT = path.resolve(import.meta.dirname, "../../packages/coatcheck/dist/client.js");

const PAGE = `<!doctype html><title>Tab</title><p id="state">in</p>
<script type="module">
  import { Client } from "/client.js";
  window.client = new Client();
  window.client.onLogout(() => { document.querySelector("#state").textContent = "out"; });
</script>`;

/** A page with the client, over an application of five lines. */
async function serve(): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const auth = coatcheck({ origin: url, findUser: (id) => ({ id }) });
  const me = auth.required((_request, response, { user }) =>
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(user)),
  );
  const script = await readFile(CLIENT, "utf8");
  const listener = auth.handle(async (request, response, session) => {
    switch (`${request.method} ${request.url}`) {
      case "GET /":
        return response.writeHead(200, { "content-type": "text/html" }).end(PAGE);
      case "GET /client.js":
        return response.writeHead(200, { "content-type": "text/javascript" }).end(script);
      case "POST /auth/login":
        await session.login("ada", () => true);
        return response.writeHead(204).end();
      case "POST /auth/logout":
        await session.logout();
        return response.writeHead(204).end();
      case "GET /auth/me":
        return me(request, response);
      default:
        return response.writeHead(404).end();
    }
  });
  server.on("request", (request, response) => void listener(request, response));
  return { server, url };
}

describeInChromium("the client in a page", () => {
  let chromium: Browser;
  let served: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    [chromium, served] = await Promise.all([launchChromium(), serve()]);
  });
  afterAll(async () => {
    await chromium.close();
    served.server.close();
  });

  test("a logout in one tab is told to the others, and no script can read the cookie", async () => {
    const context = await chromium.newContext();
    const [first, second] = [await context.newPage(), await context.newPage()];
    for (const tab of [first, second]) await tab.goto(served.url);
    await first.evaluate("window.client.login({})");
    expect(await second.evaluate("window.client.me()")).toEqual({ id: "ada" });
    expect(await second.evaluate("document.cookie")).toBe("");
    expect(await stateOf(second)).toBe("in");
    await first.evaluate("window.client.logout()");
    for (const tab of [first, second]) await expect.poll(() => stateOf(tab)).toBe("out");
    expect(await second.evaluate("window.client.me()")).toBeNull();
  });
});

function stateOf(tab: Page): Promise<string | null> {
  return tab.textContent("#state");
}
