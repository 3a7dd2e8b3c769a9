import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));
let server: ChildProcess;
let url: string;

beforeAll(async () => {
  const port = await freePort();
  server = spawn(process.execPath, [program], {
    env: { ...process.env, HOST: "127.0.0.1", PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (server.stdout === null) throw new Error("no output");
  await once(server.stdout, "data");
  url = `http://127.0.0.1:${port}`;
});

afterAll(async () => {
  server.kill();
  await once(server, "exit");
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url + path, {
    method: "POST",
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function profile(userId: string, cookie?: string): Promise<Response> {
  return fetch(`${url}/profile/${userId}`, { headers: cookie === undefined ? {} : { cookie } });
}

const testUser = { user_id: 1, email: "test@email.com", password: "weakpassword" };
const secondUser = { user_id: 2, email: "rest@email.com", password: "pass2" };

async function login(user: object): Promise<string> {
  const answer = await post("/login", user);
  expect([answer.status, await answer.text()]).toEqual([200, "User logged in"]);
  return (answer.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
}

async function answerOf(promise: Promise<Response>): Promise<[number, unknown]> {
  const response = await promise;
  const text = await response.text();
  return [response.status, text.startsWith("{") ? JSON.parse(text) : text];
}

describe("the article's API", () => {
  test("GET /heartbeat", async () => {
    expect(await answerOf(fetch(`${url}/heartbeat`))).toEqual([200, { status: "OK" }]);
  });

  test("POST /login: an unknown user, a wrong password, a wrong email", async () => {
    expect(await answerOf(post("/login", { ...testUser, user_id: 3 }))).toEqual([400, "User not found"]);
    expect(await answerOf(post("/login", { ...testUser, password: "pass2" }))).toEqual([400, "Invalid credentials"]);
    expect(await answerOf(post("/login", { ...testUser, email: "rest@email.com" }))).toEqual([
      400,
      "Invalid credentials",
    ]);
  });

  test("GET /profile: one's own, not another's, and not anonymously", async () => {
    const cookie = await login(testUser);
    expect(await answerOf(profile("1", cookie))).toEqual([200, { id: "1", name: "TestUser", email: "test@email.com" }]);
    expect(await answerOf(profile("2", cookie))).toEqual([401, { message: "Unauthorized" }]);
    expect(await answerOf(profile("3", cookie))).toEqual([401, { message: "Unauthorized" }]);
    expect(await answerOf(profile("1"))).toEqual([401, { message: "Unauthorized" }]);
    expect(await answerOf(profile("2", await login(secondUser)))).toMatchObject([200, { name: "SecondUser" }]);
  });

  test("POST /logout with the cookie alone, as curl sends it; the copied cookie is dead from then on", async () => {
    const cookie = await login(testUser);
    const copied = cookie;
    expect(await answerOf(post("/logout", undefined, { cookie }))).toEqual([200, "Logged out"]);
    expect(await answerOf(profile("1", copied))).toEqual([401, { message: "Unauthorized" }]);
    expect(await answerOf(post("/logout"))).toEqual([200, "Logged out"]);
  });

  test("a page of another site can log nobody in or out", async () => {
    const cookie = await login(testUser);
    const crossSite = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    expect((await post("/login", testUser, crossSite)).headers.getSetCookie()).toEqual([]);
    expect((await post("/logout", undefined, { cookie, ...crossSite })).status).toBe(403);
    expect((await profile("1", cookie)).status).toBe(200);
  });
});
