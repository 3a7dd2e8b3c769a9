import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import {
  connect,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { coatcheck } from "coatcheck/node";
import { expect, onTestFinished, test } from "vitest";
import { contractParts } from "./contract/contract-application.ts";

/** What a browser says of a script of our own page: its answers take a new secret. */
const AS_A_SCRIPT = { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" };
const DAY = 86_400;

interface Answer {
  readonly status: number | undefined;
  readonly cookies: readonly string[];
  readonly caching: unknown;
  readonly body: string;
}

/** A client over HTTP/2 whose login is due for a new secret; `reply` answers it once the session is loaded. */
async function servedByHttp2(reply: (response: Http2ServerResponse, load: () => Promise<unknown>) => unknown) {
  const { clock, options } = contractParts();
  const auth = coatcheck({ ...options, onError: () => {} });
  const listener = auth.handle(async (request, response) => {
    const session = auth.of(request);
    if (request.method === "POST") {
      await session.login("ada", () => true, { remember: true });
      return response.end();
    }
    return reply(response as unknown as Http2ServerResponse, () => session.load());
  });
  const server = createHttp2Server(listener as unknown as (q: Http2ServerRequest, s: Http2ServerResponse) => void);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  const send = async (method: string, own: Record<string, string> = {}): Promise<Answer> => {
    const stream = client.request({ ":method": method, ":path": "/", ...AS_A_SCRIPT, ...own });
    stream.end();
    const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
    const body = Buffer.concat(await stream.toArray()).toString();
    const cookies = (headers["set-cookie"] ?? []) as string[];
    return { status: headers[":status"] as number, cookies, caching: headers["cache-control"], body };
  };
  const [cookie = ""] = (await send("POST")).cookies.map((field) => field.slice(0, field.indexOf(";")));
  clock.advanceSeconds(DAY);
  return () => send("GET", { cookie });
}

test("over HTTP/2, a response that waits for a new secret is whole, and nothing warns of a status message", async () => {
  const warnings: string[] = [];
  const note = ({ message }: Error) => void warnings.push(message);
  process.on("warning", note);
  onTestFinished(() => void process.off("warning", note));
  const send = await servedByHttp2(async (response, load) => {
    await load();
    response.statusCode = 201;
    response.write("one");
    response.end("two");
  });
  const answer = await send();
  expect([answer.status, answer.body, answer.cookies.length]).toEqual([201, "onetwo", 1]);
  // Warnings are emitted in a turn of their own.
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings.filter((message) => /status message/i.test(message))).toEqual([]);
});

test("over HTTP/2, what an `end` sends that was saved before the secret was due is whole, and has no new secret", async () => {
  const send = await servedByHttp2(async (response, load) => {
    const { end } = response;
    await load();
    Reflect.apply(end, response, ["whole"]);
  });
  const answer = await send();
  expect([answer.status, answer.body, answer.cookies]).toEqual([200, "whole", []]);
  expect(answer.caching).toBe("private, no-cache");
  expect((await send()).status).toBe(200);
});

test("a status message is kept while a response waits, and one that is set meanwhile is not sent", async () => {
  const { clock, options } = contractParts();
  const auth = coatcheck({ ...options, onError: () => {} });
  const listener: RequestListener = auth.handle(async (request, response) => {
    const session = auth.of(request);
    if (request.method === "POST") await session.login("ada", () => true, { remember: true });
    else await session.load();
    if (request.url === "/named") response.statusMessage = "Named";
    response.write("one");
    response.statusMessage = "Too Late";
    response.end();
  });
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [path, message] of [
    ["/", "OK"],
    ["/named", "Named"],
  ] as const) {
    const login = await fetch(url, { method: "POST" });
    const cookie = login.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    clock.advanceSeconds(DAY);
    const answer = await fetch(url + path, { headers: { ...AS_A_SCRIPT, cookie, "sec-fetch-mode": "cors" } });
    expect([answer.statusText, answer.headers.getSetCookie().length]).toEqual([message, 1]);
  }
});

test("a `writeHead` that was taken out of a guarded response writes the head of the one it is called on", async () => {
  const auth = coatcheck(contractParts().options);
  let taken: unknown = null;
  const guarded = auth.handle((_request, response) => {
    taken = response.writeHead;
    response.end();
  });
  const server = createServer((request, response) => {
    if (request.url === "/guarded") return guarded(request, response);
    Reflect.apply(taken as typeof response.writeHead, response, [418, { "x-kind": "teapot" }]);
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await fetch(`${url}/guarded`);
  const answer = await fetch(`${url}/other`);
  expect([answer.status, answer.headers.get("x-kind")]).toEqual([418, "teapot"]);
});
