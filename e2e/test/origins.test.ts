import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Page, Response } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { ada } from "../support/gateway.ts";
import { keepScreenshot } from "../support/screenshot.ts";
import { devices, Stage, signIn } from "../support/stage.ts";

let upstream: Server;
/** What reached the service behind both origins, but for pages. */
let seen: string[];

beforeAll(async () => {
  upstream = createServer((request, response) => {
    if (request.method !== "GET") note(request);
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>page</title>");
  });
  upstream.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    note(request);
    socket.on("error", () => {}).write(greeting(request));
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => {
  seen = [];
});
afterAll(() => {
  upstream.closeAllConnections();
  upstream.close();
});

/** The handshake of a WebSocket, and a first message in one frame (RFC 6455, 1.3 and 5.7). */
function greeting({ headers }: IncomingMessage): Buffer {
  const key = `${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash("sha1").update(key).digest("base64");
  const lines = ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket"];
  const head = [...lines, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n");
  return Buffer.concat([Buffer.from(head), Buffer.from([0x81, 5]), Buffer.from("hello")]);
}

function note({ method, headers }: IncomingMessage): void {
  seen.push(`${method} ${headers["x-forwarded-host"]}`);
}

const routes = () => [
  { path: "/app/", access: "login", upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}` },
];

describeInChromium("two public origins of one site", () => {
  // To a browser these two are siblings, as app.example.com and music.example.com are: SameSite=Lax holds nothing back.
  const stage = Stage.forSuite({ routes, hostnames: ["app.site.localhost", "music.site.localhost"] });
  const musicUrl = () => stage.url.replace("app.", "music.");
  const hostOf = (url: string) => new URL(url).host;

  test("are a login each, and one list of devices", async () => {
    const page = await stage.newSignedIn(ada);
    await page.goto(`${musicUrl()}/app/page`);
    expect(page.url()).toBe(`${musicUrl()}/auth/sign-in?next=%2Fapp%2Fpage`);
    await keepScreenshot(page, "origins-sign-in", { fullPage: false });
    await signIn(page, ada);
    await page.waitForURL(`${musicUrl()}/app/page`);
    await page.goto(`${musicUrl()}/auth/account`);
    await expect.poll(() => devices(page).count()).toBe(2);
    await keepScreenshot(page, "origins-devices", { fullPage: false });

    const cookies = (await page.context().cookies()).filter(({ name }) => /^coatcheck-\d+$/.test(name));
    expect(cookies.map(({ domain }) => domain).sort()).toEqual(["app.site.localhost", "music.site.localhost"]);
    expect(new Set(cookies.map(({ value }) => value)).size).toBe(2);

    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByText("You are signed out on this device.").waitFor();
    await page.goto(`${stage.url}/auth/account`);
    await expect.poll(() => devices(page).count()).toBe(1);
  });

  test("are strangers: a page of one posts nothing to the other, opens no WebSocket and reads no answer", async () => {
    const page = await stage.newSignedIn(ada);
    await page.goto(`${musicUrl()}/auth/sign-in`);
    await signIn(page, ada);
    await devices(page).first().waitFor();

    const refused = await post(page, stage.url, musicUrl());
    // The other origin's cookie came along: what refuses it is the guard, and not SameSite.
    expect((await refused.request().allHeaders()).cookie).toMatch(/coatcheck-\d+=/);
    expect(refused.status()).toBe(403);
    await page.goto(`${stage.url}/app/page`);
    expect(await openSocket(page, musicUrl())).toBe("refused");
    expect(await read(page, musicUrl())).toBe("TypeError");
    expect(seen).toEqual([]);

    expect(await openSocket(page, stage.url)).toBe("hello");
    expect(await read(page, stage.url)).toBe("200");
    expect((await post(page, stage.url, stage.url)).status()).toBe(200);
    expect(seen).toEqual([`GET ${hostOf(stage.url)}`, `POST ${hostOf(stage.url)}`]);
  });
});

/** By a form, which needs no permission of the other origin: the browser sends it, and shows the answer. */
async function post(page: Page, from: string, to: string): Promise<Response> {
  await page.goto(`${from}/app/page`);
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  await page.evaluate(`{
    const form = document.createElement("form");
    Object.assign(form, { method: "POST", action: ${JSON.stringify(`${to}/app/page`)} });
    document.body.append(form);
    form.submit();
  }`);
  const response = await answered;
  // It is a navigation, and one that is begun meanwhile would break it off, or be broken off by it.
  await response.finished();
  await page.waitForURL(`${to}/app/page`);
  return response;
}

function read(page: Page, origin: string): Promise<string> {
  const call = `fetch(${JSON.stringify(`${origin}/auth/me`)}, { credentials: "include" })`;
  return page.evaluate(`${call}.then((r) => String(r.status), (error) => error.name)`);
}

/** What the service says first, or that it could not be asked. */
function openSocket(page: Page, origin: string): Promise<string> {
  const url = JSON.stringify(`${origin.replace("http", "ws")}/app/socket`);
  return page.evaluate(`new Promise((resolve) => {
    const socket = new WebSocket(${url});
    socket.onmessage = ({ data }) => { resolve(data); socket.close(); };
    socket.onerror = () => resolve("refused");
  })`);
}
