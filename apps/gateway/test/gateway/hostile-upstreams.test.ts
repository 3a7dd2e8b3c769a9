import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };

let upstream: Server;
let gateway: GatewayProcess;
/** What the upstream does with the head of a request, byte for byte. */
let answer: (socket: Socket, head: string) => unknown;
/** Which connection each request came by. */
let seen: { readonly socket: Socket; readonly head: string }[] = [];

beforeAll(async () => {
  upstream = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      const head = bytes.toString("latin1");
      seen.push({ socket, head });
      answer(socket, head);
    });
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const to = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const routes = [
    { path: "/public/", access: "public", upstream: to },
    { path: "/app/", access: "login", upstream: to },
  ];
  gateway = await GatewayProcess.create({ COATCHECK_ROUTES: JSON.stringify(routes) });
  await gateway.addUser(ada.email, ada.password);
  await gateway.start();
});

afterAll(async () => {
  await gateway.dispose();
  for (const { socket } of seen) socket.destroy();
  upstream.close();
});

function reset(bytes: string): void {
  seen = [];
  answer = (socket) => socket.write(Buffer.from(bytes, "latin1"));
}

function open(bytes: string): Socket {
  const { port, host } = new URL(gateway.url);
  const socket = connect(Number(port), "localhost");
  socket.on("error", () => {});
  socket.write(bytes.replaceAll("HOST", host));
  return socket;
}

/** What comes back until the connection ends. */
async function untilClosed(bytes: string): Promise<string> {
  const pieces: Buffer[] = [];
  const socket = open(bytes).on("data", (piece: Buffer) => pieces.push(piece));
  await once(socket, "close");
  return Buffer.concat(pieces).toString("latin1");
}

const GET = "GET /public/x HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n";
const UPGRADE = "Host: HOST\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

describe("an upstream that says what it should not", () => {
  test("does not end the gateway by a reason that no server may send", async () => {
    reset("HTTP/1.1 200 O\u0001\u001bK\r\nContent-Length: 2\r\n\r\nok");
    expect(await untilClosed(GET)).toMatch(/^HTTP\/1\.1 200 \r\n[\s\S]*\r\n\r\nok$/);
    reset("HTTP/1.1 200 very well\r\nContent-Length: 2\r\n\r\nok");
    expect(await untilClosed(GET)).toMatch(/^HTTP\/1\.1 200 very well\r\n/);
    expect((await fetch(`${gateway.url}/auth/heartbeat`)).status).toBe(200);
  });

  test.each([
    [
      "Content-Length and Transfer-Encoding",
      "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    ],
    ["two lengths", "Content-Length: 2\r\nContent-Length: 5\r\n\r\nok"],
    ["a folded header", "X-A: b\r\n\tSet-Cookie: coatcheck-1=x\r\nContent-Length: 2\r\n\r\nok"],
    ["a bare CR in a header", "X-A: b\rSet-Cookie: coatcheck-1=x\r\nContent-Length: 2\r\n\r\nok"],
    ["a NUL in a header", "X-A: b\0\r\nContent-Length: 2\r\n\r\nok"],
  ])("is not repeated: %s", async (_what, rest) => {
    reset(`HTTP/1.1 200 OK\r\n${rest}`);
    expect(await untilClosed(GET)).toMatch(/^HTTP\/1\.1 502 [\s\S]*"upstream_unreachable"/);
  });

  test("says how long something is that it does not send, and may", async () => {
    reset("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n");
    expect(await untilClosed(GET)).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n[\s\S]*\r\n\r\n$/);
  });

  test("is not quoted in the log, because cookies do not belong there", async () => {
    const failures = () => gateway.log.match(/"event":"upstream_failed".*(HTTPParserError|HPE_)/g)?.length ?? 0;
    const before = failures();
    reset("HTTP/1.1 200 OK\r\nSet-Cookie: sid=not-for-the-log\r\nno header\r\n\r\n");
    expect(await untilClosed(GET)).toMatch(/^HTTP\/1\.1 502 /);
    reset("not-for-the-log\r\n\r\n");
    expect(await untilClosed(`GET /public/x HTTP/1.1\r\n${UPGRADE}\r\n`)).toMatch(/^HTTP\/1\.1 502 /);
    await expect.poll(failures).toBeGreaterThanOrEqual(before + 2);
    expect(gateway.log).not.toMatch(/not-for-the-log|rawPacket/);
  });

  test("does not have a shared cache keep what depends on the session", async () => {
    const client = new Client(gateway.url);
    await client.login(ada.email, ada.password);
    reset(
      "HTTP/1.1 200 OK\r\nCDN-Cache-Control: public\r\nSurrogate-Control: max-age=9\r\nContent-Length: 2\r\n\r\nok",
    );
    const own = await client.send("GET", "/app/x");
    expect([own.status, own.headers.get("cdn-cache-control"), own.headers.get("surrogate-control")]).toEqual([
      200,
      "no-store",
      "no-store",
    ]);
    expect((await client.send("GET", "/public/x")).headers.get("cdn-cache-control")).toBe("public");
  });
});

describe("a connection to the upstream", () => {
  /** Ends a connection at its second request, after these bytes; with `isFirst` at any. */
  function closing(bytes: string, isFirst = false): void {
    seen = [];
    answer = (socket) => {
      const count = seen.filter((each) => each.socket === socket).length;
      if (count === 1 && !isFirst) socket.write(OK);
      else socket.end(bytes);
    };
  }

  const ask = (method: string) =>
    untilClosed(`${method} /public/x HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n`);
  const asked = () => seen.map(({ head }) => head.split(" ")[0]);

  test.each(["GET", "HEAD"])("that is closing loses no %s, which is sent once more on a fresh one", async (method) => {
    closing("");
    expect(await ask("GET")).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask(method)).toMatch(/^HTTP\/1\.1 200 /);
    expect(asked()).toEqual(["GET", method, method]);
    expect(seen[1]?.socket).not.toBe(seen[2]?.socket);
  });

  test("that is closing says nothing of what became of a POST, which is not sent again", async () => {
    closing("");
    expect(await ask("GET")).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask("POST")).toMatch(/^HTTP\/1\.1 502 /);
    expect(await ask("GET")).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask("DELETE")).toMatch(/^HTTP\/1\.1 502 /);
    expect(asked()).toEqual(["GET", "POST", "GET", "DELETE"]);
  });

  test("that ends within an answer, or before its first one, has nothing sent again", async () => {
    closing("H");
    expect(await ask("GET")).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask("GET")).toMatch(/^HTTP\/1\.1 502 /);
    expect(asked()).toEqual(["GET", "GET"]);
    closing("", true);
    expect(await ask("GET")).toMatch(/^HTTP\/1\.1 502 /);
    expect(asked()).toEqual(["GET"]);
  });

  test("on which an upgrade was refused serves no other client, and no body was announced on it", async () => {
    reset(OK);
    await untilClosed(`GET /public/one HTTP/1.1\r\n${UPGRADE}Content-Length: 40\r\n\r\n`);
    await untilClosed(`GET /public/two HTTP/1.1\r\n${UPGRADE}\r\n`);
    expect(seen.map(({ head }) => head.split(" ")[1])).toEqual(["/public/one", "/public/two"]);
    expect(seen[0]?.head.toLowerCase()).not.toContain("content-length");
    expect(seen[0]?.socket).not.toBe(seen[1]?.socket);
  });

  test("has its stream of events begin at once, whatever names of headers it has as values", async () => {
    for (const value of ["content-length", "transfer-encoding"]) {
      const headers = `Content-Type: text/event-stream\r\nAccess-Control-Expose-Headers: ${value}`;
      reset(`HTTP/1.1 200 OK\r\n${headers}\r\nTransfer-Encoding: chunked\r\n\r\n`);
      const socket = open(GET);
      const [piece] = (await once(socket, "data", { signal: AbortSignal.timeout(5_000) })) as [Buffer];
      expect(piece.toString("latin1")).toContain(`\r\naccess-control-expose-headers: ${value}\r\n`);
      socket.destroy();
    }
  });

  test("is there for every client, however many others wait for an answer", async () => {
    const waiting: Socket[] = [];
    seen = [];
    const all = new Promise<void>((resolve) => {
      answer = () => void (seen.length === 300 && resolve());
    });
    for (let index = 0; index < 300; index++) waiting.push(open(GET));
    await all;
    answer = (socket) => socket.write(OK);
    expect(await untilClosed(GET)).toMatch(/^HTTP\/1\.1 200 OK/);
    for (const socket of waiting) socket.destroy();
  });

  test("is not had by the hundred for one to the gateway", async () => {
    seen = [];
    answer = () => {};
    expect(await untilClosed("GET /public/slow HTTP/1.1\r\nHost: HOST\r\n\r\n".repeat(100))).toBe("");
    expect(seen.length).toBeLessThanOrEqual(8);
    reset(OK);
    const few = `${"GET /public/x HTTP/1.1\r\nHost: HOST\r\n\r\n".repeat(7)}${GET}`;
    expect((await untilClosed(few)).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(8);
  });

  test("is given up with the one that asked, also for what waited behind another answer", async () => {
    reset("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    const socket = open("GET /public/x HTTP/1.1\r\nHost: HOST\r\n\r\n".repeat(3));
    await expect.poll(() => seen.length).toBe(3);
    const closed = Promise.all(seen.map((each) => once(each.socket, "close")));
    socket.destroy();
    expect(await closed).toHaveLength(3);
  });
});
