import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };

let upstream: Server;
let gateway: GatewayProcess;
let cookie: string;
/** What came to the service, byte for byte. */
let seen: string[] = [];

beforeAll(async () => {
  upstream = createServer((socket) => {
    let received = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (piece) => {
      received += piece.toString("latin1");
      const [head = ""] = received.split("\r\n\r\n", 1);
      const isWhole = /^transfer-encoding: chunked$/im.test(head)
        ? received.includes("\r\n0\r\n")
        : received.includes("\r\n\r\n");
      if (!isWhole) return;
      seen.push(received);
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK");
    });
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const to = { upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}` };
  gateway = await GatewayProcess.create({
    COATCHECK_ROUTES: JSON.stringify([
      { path: "/", access: "login", identityHeaders: true, ...to },
      { path: "/public/", access: "public", identityHeaders: true, ...to },
      { path: "/tenants/", access: "login", forwardHeaders: ["X_Tenant"], dropHeaders: ["X-Acme-Admin"], ...to },
      { path: "/admin/", access: "role:admin", ...to },
      { path: "/Old/", access: "login", caseSensitive: true, ...to },
      {
        path: "/odd/",
        access: "login",
        allowEncodedPercent: true,
        allowEmptySegments: true,
        allowNonUtf8: true,
        allowEncodedSlash: true,
        allowParameters: true,
        ...to,
      },
      { path: "/odd/admin/", access: "role:admin", ...to },
    ]),
  });
  await gateway.addUser(ada.email, ada.password, "Ada");
  await gateway.start();
  const client = new Client(gateway.url);
  await client.login(ada.email, ada.password);
  cookie = client.cookieHeader;
});

afterAll(async () => {
  upstream?.close();
  await gateway?.dispose();
});

/** Sends the bytes of a request, as a client that is logged in, and gives those of the answer. */
async function send(line: string, headers: readonly string[] = [], rest = ""): Promise<string> {
  seen = [];
  const { host, port } = new URL(gateway.url);
  const own = headers.some((header) => /^host:/i.test(header)) ? [] : [`Host: ${host}`];
  const socket = connect({ host: "localhost", port: Number(port) });
  const lines = [`${line} HTTP/1.1`, ...own, `Cookie: ${cookie}`, `Origin: ${gateway.url}`, ...headers];
  const last = headers.some((header) => /^connection:/i.test(header)) ? [] : ["Connection: close"];
  socket.write(Buffer.from(`${[...lines, ...last].join("\r\n")}\r\n\r\n${rest}`, "latin1"));
  let answer = "";
  socket.on("data", (piece) => (answer += piece.toString("latin1")));
  await once(socket, "close");
  return answer;
}

const statusOf = (answer: string) => Number(answer.split(" ")[1]);

test.each(["POST /page", "POST /public/page"])(
  "what a client sends behind a thousand headers is not lost, but refused with them: %s",
  async (line) => {
    const many = Array.from({ length: 1_000 }, () => "a: b");
    for (const [length, body] of [
      ["Content-Length: 5", "hello"],
      ["Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"],
      ["X-Last: 1", ""],
    ] as const) {
      const answer = await send(line, [...many, length], body);
      expect([statusOf(answer), answer]).toEqual([431, expect.stringContaining('"code":"headers_too_large"')]);
      expect(seen).toEqual([]);
    }
  },
);

describe("a name that a service may read as another", () => {
  const forged = [
    ...[..."!#$%&'*+^`|~_."].map((mark) => `Remote${mark}Groups: forged`),
    "Remote-Groups: forged",
    "X-Remote-User: forged",
    "SCRIPT_NAME: /forged",
    "X-Script-Name: /forged",
    "Path-Info: /forged",
    "X-User: forged",
    "X-HTTP-Method-Override: FORGED",
    "X_Tenant: forged",
  ];

  test.each(["/page", "/public/page"])("does not reach it with a request: %s", async (path) => {
    expect(statusOf(await send(`GET ${path}`, [...forged, "X-Harmless: kept"]))).toBe(200);
    expect(seen).toHaveLength(1);
    expect(seen[0]).not.toMatch(/forged/i);
    expect(seen[0]).toContain("x-harmless: kept\r\n");
    expect(seen[0]?.match(/^remote-(user|email|name|groups):/gim)).toHaveLength(4);
  });

  test("does not reach it when a WebSocket is opened", async () => {
    const handshake = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "X-Harmless: kept"];
    await send("GET /page", [...handshake, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", ...forged]);
    expect(seen).toHaveLength(1);
    expect(seen[0]).not.toMatch(/forged/i);
    expect(seen[0]).toMatch(/^x-harmless: kept\r$/im);
    expect(seen[0]?.match(/^remote-(user|email|name|groups):/gim)).toHaveLength(4);
  });

  test("does not reach it behind the body", async () => {
    const chunked = ["Transfer-Encoding: chunked", "Trailer: Remote-Groups, X-User"];
    const body = "2\r\nhi\r\n0\r\nRemote-Groups: forged\r\nRemote~User: forged\r\nX-User: forged\r\n\r\n";
    expect(statusOf(await send("POST /page", chunked, body))).toBe(200);
    expect(seen).toHaveLength(1);
    expect(seen[0]).not.toMatch(/forged|^trailer:/im);
  });

  test("reaches it where the route lists it, and one that the route drops does not", async () => {
    const headers = ["x_tenant: kept", "x_other: forged", "X-Acme-Admin: forged", "x_acme_admin: forged"];
    expect(statusOf(await send("GET /tenants/page", headers))).toBe(200);
    expect(seen[0]).toContain("x_tenant: kept\r\n");
    expect(seen[0]).not.toContain("forged");
  });
});

describe("a value", () => {
  test.each([
    ["a line that is continued", "X: a\r\n Remote-Groups: forged"],
    ["a line that is continued by a tab", "X: a\r\n\tforged"],
    ["a line feed alone", "X: a\nRemote-Groups: forged"],
    ["a carriage return alone", "X: a\rRemote-Groups: forged"],
    ["a control character", "X: a\x0bRemote-Groups: forged"],
    ["a separator", "X: a\x1cRemote-Groups: forged"],
    ["a NUL", "X: a\x00forged"],
    ["a DEL", "X: a\x7fforged"],
  ])("with %s is no request", async (_what, header) => {
    expect(statusOf(await send("GET /page", [header]))).toBe(400);
    expect(seen).toEqual([]);
  });

  test("beyond ASCII is the bytes that came, as for what is no text they are", async () => {
    await send("GET /page", ["X-Filename: zo\xc3\xab \xe9\xff.txt"]);
    expect(seen[0]).toContain("x-filename: zo\xc3\xab \xe9\xff.txt\r\n");
  });
});

describe("a path", () => {
  const askedOf = () => seen[0]?.split(" ")[1];

  test.each([
    ["/%61/caf%c3%a9?x=%2f", "/a/caf%C3%A9?x=%2f"],
    ["/Users('a|b')/{x}", "/Users('a%7Cb')/%7Bx%7D"],
    ["/odd/100%25%20final.pdf", "/odd/100%25%20final.pdf"],
    ["/odd/https://images.example/a.jpg", "/odd/https://images.example/a.jpg"],
    ["/odd/docs//", "/odd/docs//"],
    ["/odd/caf%e9", "/odd/caf%E9"],
    ["/odd/group%2fproject;a=b", "/odd/group%2Fproject;a=b"],
  ])("%s is sent on as %s", async (target, sent) => {
    expect(statusOf(await send(`GET ${target}`))).toBe(200);
    expect(askedOf()).toBe(sent);
  });

  test("is the same for a WebSocket", async () => {
    const handshake = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
    await send("GET /%61?x=%2f", [...handshake, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]);
    expect(askedOf()).toBe("/a?x=%2f");
    expect(
      statusOf(await send("GET /ADMIN/panel", [...handshake, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="])),
    ).toBe(400);
    expect(seen).toEqual([]);
  });

  test.each([
    "/ADMIN/panel",
    "/Admin",
    "/%41dmin/x",
    "/adm%C4%B1n/x",
    "/admin./x",
    "/admin%20/x",
    "/index.php/admin/panel",
    "/odd//admin/x",
    "/odd/ADMIN/x",
    "/odd/%2561dmin/x",
    "/odd/admin%2fx",
    "/odd/admin;/x",
    "/odd/adm%ffin/x",
    "/caf%e9",
    "/100%25",
    "/a//b",
    "/a%2fb",
    "/a;b",
    "//admin/panel",
    "/odd/%2e%2e/x",
    "/odd/%252e%252e/x",
  ])("that could be one of another route, or that no route has allowed, is refused: %s", async (target) => {
    const answer = await send(`GET ${target}`);
    expect([statusOf(answer), seen]).toEqual([400, []]);
    expect(answer).toMatch(/"code":"invalid_(path|request)"/);
    expect(answer).toMatch(/^content-security-policy: /im);
  });

  test("that no framework decodes is asked about like any other", async () => {
    const { host } = new URL(gateway.url);
    expect(statusOf(await send("GET /odd/caf%e9", ["Host: evil.example"]))).toBe(400);
    expect(statusOf(await send("GET /odd/caf%e9", [`Host: ${host}`, `Host: ${host}`]))).toBe(400);
    const ours = cookie;
    cookie = "none=1";
    expect(statusOf(await send("GET /odd/caf%e9"))).toBe(401);
    cookie = ours;
    expect(seen).toEqual([]);
  });
});

describe("a Host that is no host", () => {
  const port = () => new URL(gateway.url).port;

  test.each([
    ["a name in a user's place", () => `evil.example:x@localhost:${port()}`],
    ["a user", () => `evil@localhost:${port()}`],
    ["a path", () => `localhost:${port()}/evil`],
    ["a query", () => `localhost?x`],
    ["a fragment", () => `localhost#x`],
    ["a backslash", () => `localhost\\x`],
    ["an encoded letter", () => `%6Cocalhost`],
    ["a letter that is left out", () => `local\xadhost`],
    ["a number", () => `2130706433`],
    ["a short address", () => `127.1`],
    ["no port's number", () => `localhost:99999`],
    ["spaces", () => `localhost evil`],
  ])("is refused: %s", async (_what, host) => {
    for (const target of ["/page", "/auth/me", "/auth/health/live"]) {
      expect([target, statusOf(await send(`GET ${target}`, [`Host: ${host()}`]))]).toEqual([target, 400]);
    }
    expect(seen).toEqual([]);
  });

  test("another host than ours is still another matter", async () => {
    expect(statusOf(await send("GET /page", ["Host: evil.example"]))).toBe(421);
    for (const host of ["localhost", "127.0.0.1:1", "[::1]"]) {
      expect([host, statusOf(await send("GET /page", [`Host: ${host}`]))]).toEqual([host, 200]);
    }
  });
});
