import { generateSigningKey } from "coatcheck/keys";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PassOptions } from "../support/issuer.ts";
import { getTarget, rawRequest } from "../support/raw-request.ts";
import { ServiceUnderTest } from "../support/service-under-test.ts";

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await ServiceUnderTest.start({ trustedProxies: ["127.0.0.1", "::1"] });
  await service.write("songs/one.wav", "one");
  await service.write("songs/two.wav", "two");
  await service.write("other.wav", "other");
});

afterAll(() => service.dispose());

const now = () => Math.floor(Date.now() / 1_000);
const problemOf = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code];

describe("a pass", () => {
  test("opens what it names, by GET and HEAD, as often as it is asked", async () => {
    const token = await service.passFor("/songs/one.wav");
    for (let time = 0; time < 3; time++) expect((await service.get("/songs/one.wav", {}, token)).status).toBe(200);
    expect((await service.get("/songs/two.wav", {}, token)).status).toBe(401);
    expect((await service.get("/songs/one.wav.bak", {}, token)).status).toBe(401);
  });

  test("for a prefix opens what is below, and no folder", async () => {
    const token = await service.passFor("/songs/");
    expect((await service.get("/songs/two.wav", {}, token)).status).toBe(200);
    expect((await service.get("/other.wav", {}, token)).status).toBe(401);
    for (const path of ["/songs/", "/songs"]) expect((await service.get(path, {}, token)).status).toBe(401);
  });

  test("is refused in one way, whatever is wrong with it and whether the file is there", async () => {
    const stranger = await generateSigningKey("ES256");
    const wrong: readonly PassOptions[] = [
      { claims: { iss: "https://other.example" } },
      { claims: { aud: "https://other.example" } },
      { claims: { iat: now() - 400, exp: now() - 1 } },
      { claims: { nbf: now() + 1_000 } },
      { lifetimeSeconds: 601 },
      { claims: { path: "/songs/" } },
      { claims: { cdniuc: undefined } },
      { claims: { session: 1 } },
      { claims: { exp: undefined } },
      { type: "at+jwt" },
      { type: "JWT" },
      { key: stranger },
      { claims: { ip: "192.0.2.1" } },
    ];
    const tokens = [
      "",
      "x",
      "a.b.c",
      ...(await Promise.all(wrong.map((each) => service.passFor("/songs/one.wav", each)))),
    ];
    const answers = [];
    for (const path of ["/songs/one.wav", "/songs/none.wav"]) {
      for (const token of tokens) answers.push(await service.get(path, {}, token));
      answers.push(await fetch(service.url + path));
    }
    const bodies = new Set(await Promise.all(answers.map((answer) => answer.text())));
    expect([...bodies].map((body) => JSON.parse(body))).toEqual([
      { type: "about:blank", title: "Unauthorized", status: 401, code: "pass_refused", detail: "No pass opens this." },
    ]);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([401]));
    expect(new Set(answers.map((answer) => [...answer.headers.keys()].join())).size).toBe(1);
    // The log alone knows why.
    const log = service.log.join("");
    for (const reason of ["wrong_issuer", "wrong_audience", "expired", "unknown_key", "wrong_type", "no_pass"]) {
      expect(log).toContain(`"reason":"${reason}"`);
    }
  });

  test("for one client address is no other's, as proxies that are believed say", async () => {
    const token = await service.passFor("/songs/one.wav", { claims: { ip: "192.0.2.1" } });
    const by = async (address: string) =>
      (await service.get("/songs/one.wav", { "x-forwarded-for": address }, token)).status;
    expect([await by("192.0.2.1"), await by("::ffff:192.0.2.1"), await by("192.0.2.2")]).toEqual([200, 200, 401]);
  });

  test("may come in the path, before the file's", async () => {
    const token = await service.passFor("/songs/");
    const response = await fetch(`${service.url}/~/${token}/songs/one.wav`);
    expect([response.status, await response.text()]).toEqual([200, "one"]);
    expect((await fetch(`${service.url}/~/${token}/other.wav`)).status).toBe(401);
    expect((await fetch(`${service.url}/~/x/songs/one.wav`)).status).toBe(401);
  });

  test("is the only one of a request", async () => {
    const token = await service.passFor("/songs/");
    for (const target of [`/songs/one.wav?token=${token}&token=${token}`, `/~/${token}/songs/one.wav?token=${token}`]) {
      expect(await problemOf(await fetch(service.url + target))).toEqual([400, "several_passes"]);
    }
  });
});

describe("a pass in a cookie", () => {
  const cookieOf = (response: Response) => response.headers.getSetCookie()[0] ?? "";

  test("is set where it is asked for, and then opens what the pass does, without a URL that says so", async () => {
    const token = await service.passFor("/songs/");
    const name = `coatcheck-pass-${new URL(service.url).port}`;
    const first = await fetch(`${service.url}/songs/one.wav?token=${token}&cookie=1`);
    expect([first.status, await first.text()]).toEqual([200, "one"]);
    expect(first.headers.get("cache-control")).toBe("private, no-store");
    const [pair = "", path, age = "", ...others] = cookieOf(first).split("; ");
    expect([pair, path, others]).toEqual([`${name}=${token}`, "Path=/songs/", ["HttpOnly", "SameSite=Strict"]]);
    const seconds = Number(age.replace("Max-Age=", ""));
    expect(seconds > 200 && seconds <= 300).toBe(true);

    const next = await fetch(`${service.url}/songs/two.wav`, { headers: { cookie: pair } });
    expect([next.status, await next.text(), next.headers.getSetCookie()]).toEqual([200, "two", []]);
    expect(next.headers.get("cache-control")).toBe("private, no-cache");
    expect((await fetch(`${service.url}/other.wav`, { headers: { cookie: pair } })).status).toBe(401);
  });

  test("is replaced by a new one, and not set by what is refused", async () => {
    const [old, token] = [await service.passFor("/songs/"), await service.passFor("/songs/", { session: "another" })];
    const headers = { cookie: `coatcheck-pass-${new URL(service.url).port}=${old}` };
    const renewed = await fetch(`${service.url}/songs/one.wav?token=${token}&cookie=1`, { headers });
    expect([renewed.status, cookieOf(renewed)]).toEqual([200, expect.stringContaining(token)]);
    const refused = await fetch(`${service.url}/other.wav?token=${token}&cookie=1`, { headers });
    expect([refused.status, cookieOf(refused)]).toEqual([401, ""]);
    const missing = await fetch(`${service.url}/songs/none.wav?token=${token}&cookie=1`);
    expect([missing.status, cookieOf(missing)]).toEqual([404, ""]);
  });
});

describe("a viewer in whose browser a stranger's page had a cookie set", () => {
  const name = () => `coatcheck-pass-${new URL(service.url).port}`;

  test("opens what their own pass does, wherever that is", async () => {
    const [own, planted] = [
      await service.passFor("/songs/"),
      await service.passFor("/other.wav", { session: "stranger" }),
    ];
    const headers = { cookie: `${name()}=${planted}` };
    expect((await service.get("/songs/one.wav", headers, own)).status).toBe(200);
    expect((await fetch(`${service.url}/~/${own}/songs/one.wav`, { headers })).status).toBe(200);
    for (const pairs of [
      [planted, own],
      [own, planted],
      ["x", "", own],
    ]) {
      const cookie = pairs.map((token) => `${name()}=${token}`).join("; ");
      const response = await fetch(`${service.url}/songs/one.wav`, { headers: { cookie } });
      expect([response.status, await response.text()]).toEqual([200, "one"]);
    }
    const two = { cookie: `${name()}=${planted}; ${name()}=x` };
    expect(await problemOf(await fetch(`${service.url}/songs/one.wav`, { headers: two }))).toEqual([
      401,
      "pass_refused",
    ]);
  });

  test("opens nothing by it where their own in the URL is not good: that one was meant", async () => {
    const headers = { cookie: `${name()}=${await service.passFor("/songs/")}` };
    expect((await service.get("/songs/one.wav", headers, "x")).status).toBe(401);
  });

  test("has none set, where the browser says that another site's page sent it here", async () => {
    const token = await service.passFor("/songs/", { session: "stranger" });
    const ask = (site: string) =>
      fetch(`${service.url}/songs/one.wav?token=${token}&cookie=1`, { headers: { "sec-fetch-site": site } });
    const response = await ask("cross-site");
    expect(await problemOf(response)).toEqual([403, "cross_site_cookie"]);
    expect(response.headers.getSetCookie()).toEqual([]);
    for (const site of ["same-origin", "same-site", "none"]) {
      const allowed = await ask(site);
      expect([allowed.status, allowed.headers.getSetCookie().length]).toEqual([200, 1]);
    }
  });
});

describe("before anything else", () => {
  const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

  test.each([
    "//songs/one.wav",
    "/songs//one.wav",
    "/./songs/one.wav",
    "/x/../songs/one.wav",
    "/songs/%2e%2e/other.wav",
    "/songs%2fone.wav",
    "/songs%5c..%5cother.wav",
    "/songs\\one.wav",
    "/songs/one.wav%00",
    "/%252e%252e/x",
    "/%",
    "/%zz",
    "http://localhost/songs/one.wav",
    "/songs/one.wav#x",
    "/~",
    "/-/x",
    "/%ff",
    "/songs/caf\u00e9.wav",
  ])("a path that could mean several things is 400, with a pass for all: %s", async (target) => {
    const token = await service.passFor("/");
    for (const url of [target, `${target}?token=${token}`]) {
      const answer = await getTarget(service.url, url);
      expect([url, statusOf(answer)]).toEqual([url, 400]);
      expect(answer).not.toContain(token);
      expect(answer).toContain("referrer-policy: no-referrer");
    }
  });

  test.each([
    ["what is no HTTP", "one\r\n\r\n", 400],
    ["two lengths", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
    ["headers beyond measure", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
    ["a pass beyond measure", `GET /one?token=${"x".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ["no file at all", "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405],
  ])("%s is a problem like any other", async (_, text, status) => {
    const answer = await rawRequest(service.url, text);
    expect(statusOf(answer)).toBe(status);
    expect(answer).toContain("application/problem+json");
  });

  test.each(["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])("%s is 405", async (method) => {
    const token = await service.passFor("/songs/one.wav");
    const response = await fetch(`${service.url}/songs/one.wav?token=${token}`, {
      method,
      ...(method === "POST" ? { body: "x" } : {}),
    });
    expect(await problemOf(response)).toEqual([405, "method_not_allowed"]);
    expect(response.headers.get("allow")).toBe("GET, HEAD");
  });
});

test("no pass is ever written to the log, however it was sent and whatever came of it", async () => {
  const token = await service.passFor("/songs/");
  const port = new URL(service.url).port;
  await getTarget(service.url, `/songs/one.wav?token=${token}`, [`Referer: http://x/?token=${token}`]);
  await getTarget(service.url, `/~/${token}/songs/one.wav`);
  await getTarget(service.url, `/~/${token}//one.wav`);
  await getTarget(service.url, `/~/${token}/songs/%zz`);
  await getTarget(service.url, `/${token}?token=${token}`);
  await getTarget(service.url, `/songs/one.wav?token=${token}&cookie=1`);
  await getTarget(service.url, "/songs/one.wav", [`Cookie: coatcheck-pass-${port}=${token}`]);
  await getTarget(service.url, `/songs/one.wav?token=${token}&token=${token}`);
  const lines = service.log.filter((line) => line.includes('"event":"request"'));
  expect(lines.length).toBeGreaterThan(7);
  const [, claims, signature] = token.split(".");
  for (const part of [claims, signature]) expect(service.log.join("")).not.toContain(part);
  expect(service.log.join("")).toContain('"path":"/(pass)"');
});
