import { EventEmitter, once } from "node:events";
import { type IncomingHttpHeaders, request, type ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Library, startLibrary } from "../src/library.ts";
import { songs } from "../src/songs/songs.ts";
import { ADA, IdentityTokens, logIn } from "./support/identity-tokens.ts";
import { type Served, serve } from "./support/served.ts";

const ISSUER = "https://login.example";
const AUDIENCE = "http://library.internal.example";
const FILES = "https://files.example";

let behindMilliseconds = 0;
const clock = { now: () => Date.now() - behindMilliseconds };
let tokens: IdentityTokens;
let keys: Served;
let library: Library;

beforeAll(async () => {
  tokens = await IdentityTokens.create(ISSUER, clock);
  keys = await serve((_request, response) => response.end(JSON.stringify(tokens.jwks)));
  const jwksUrl = `${keys.url}/.well-known/jwks.json`;
  library = await startLibrary({
    port: 0,
    host: "localhost",
    issuer: ISSUER,
    audience: AUDIENCE,
    jwksUrl,
    filesOrigin: FILES,
  });
});

afterAll(async () => {
  await library.close();
  await keys.close();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** With `node:http`, which sends the header fields as they are written here, repeated ones too. */
function get(path: string, headers: readonly (readonly [string, string])[] = [], method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const raw = [["Host", "library.internal.example"] as const, ...headers].flat();
    const outgoing = request(library.url + path, { method, headers: raw }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        const { statusCode = 0 } = response;
        resolve({ status: statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on("error", reject).end();
  });
}

async function asAda(path: string, headers: readonly (readonly [string, string])[] = []): Promise<Answer> {
  const token = await tokens.issue(await logIn(), AUDIENCE);
  return get(path, [["Authorization", `Bearer ${token}`], ...headers]);
}

describe("without a good identity token", () => {
  const wrong: readonly (readonly [string, () => Promise<readonly (readonly [string, string])[]>])[] = [
    ["nothing", async () => []],
    ["no token", async () => [["Authorization", "Bearer"]]],
    ["words", async () => [["Authorization", "Bearer let me in"]]],
    ["another scheme", async () => [["Authorization", "Basic YWRhOmFkYQ=="]]],
    ["another's key", async () => bearer(await (await IdentityTokens.create(ISSUER)).issue(await logIn(), AUDIENCE))],
    ["a token for another service", async () => bearer(await tokens.issue(await logIn(), "http://billing.example"))],
    ["an old token", async () => bearer(await expiredToken())],
    [
      "the word of a proxy",
      async () => [
        ["X-Forwarded-User", "ada"],
        ["X-Forwarded-For", "127.0.0.1"],
      ],
    ],
    ["a session cookie", async () => [["Cookie", "__Host-Http-session=abc"]]],
  ];

  test.each(wrong)("%s opens nothing, wherever it is asked for", async (_name, headers) => {
    const sent = await headers();
    for (const path of ["/api/library/songs", "/api/library/whoami", "/music/", "/music/player.js", "/", "/nowhere"]) {
      const answer = await get(path, sent);
      expect(answer.status, path).toBe(401);
      expect(answer.headers["content-type"]).toContain("application/problem+json");
      expect(JSON.parse(answer.text)).toMatchObject({ status: 401, code: "unauthenticated" });
    }
  });

  test("no other method, and no broken path, gets further", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"]) {
      expect((await get("/api/library/songs", [], method)).status, method).toBe(401);
    }
    const broken = await get("/%zz");
    expect([broken.status, JSON.parse(broken.text).code]).toEqual([400, "invalid_request"]);
  });

  test("is told how to come back, and of an error only if there was one (RFC 6750)", async () => {
    expect((await get("/music/")).headers["www-authenticate"]).toBe("Bearer");
    const refused = await get("/music/", [["Authorization", "Bearer a.b.c"]]);
    expect(refused.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
  });

  test("while the keys cannot be read, no request is let in, and none is refused for good", async () => {
    const nowhere = await serve((_request, response) => response.writeHead(500).end());
    const jwksUrl = `${nowhere.url}/jwks.json`;
    const options = { port: 0, host: "localhost", issuer: ISSUER, audience: AUDIENCE, jwksUrl, filesOrigin: FILES };
    const blind = await startLibrary(options);
    const token = await tokens.issue(await logIn(), AUDIENCE);
    const answer = await fetch(`${blind.url}/api/library/songs`, { headers: { authorization: `Bearer ${token}` } });
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: "unavailable" }]);
    await blind.close();
    await nowhere.close();
  });
});

test("GET /api/library/songs lists them, each with the path that a pass is asked for", async () => {
  const answer = await asAda("/api/library/songs");
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.text)).toEqual({ songs });
  expect(songs.map(({ path }) => path)).toEqual(songs.map(({ id }) => `/songs/${id}.wav`));
  expect(answer.headers["cache-control"]).toContain("private");
});

describe("GET /api/library/whoami", () => {
  test("says who is calling, as the token does", async () => {
    const { identity, claims } = JSON.parse((await asAda("/api/library/whoami")).text);
    expect(identity).toMatchObject({ issuer: ISSUER, userId: "ada", ...ADA });
    expect(claims).toMatchObject({ iss: ISSUER, aud: AUDIENCE, sub: "ada", ...ADA });
  });

  test("shows every header that reached it, in order and as often as it came", async () => {
    const sent = [
      ["X-Forwarded-For", "203.0.113.7"],
      ["X-Forwarded-User", "grace"],
      ["X-Twice", "one"],
      ["X-Twice", "two"],
    ] as const;
    const { headers } = JSON.parse((await asAda("/api/library/whoami", sent)).text);
    expect(headers).toEqual(
      expect.arrayContaining([
        { name: "X-Forwarded-For", value: "203.0.113.7" },
        { name: "X-Forwarded-User", value: "grace" },
        { name: "X-Twice", value: "one" },
        { name: "X-Twice", value: "two" },
      ]),
    );
  });

  test("never shows what opens something: not the token, wherever it is, and no cookie's value", async () => {
    const token = await tokens.issue(await logIn(), AUDIENCE);
    const { text } = await get("/api/library/whoami", [
      ["Authorization", `Bearer ${token}`],
      ["Authorization", `Bearer ${token}`],
      ["X-Copy", `again: ${token}`],
      ["Cookie", "__Host-Http-session=secret-token; theme=dark"],
    ]);
    const { headers } = JSON.parse(text);
    expect(headers).toContainEqual({ name: "Authorization", value: "Bearer (withheld)" });
    expect(headers).toContainEqual({ name: "X-Copy", value: "(withheld)" });
    expect(headers).toContainEqual({ name: "Cookie", value: "__Host-Http-session=(withheld); theme=(withheld)" });
    for (const secret of [token, token.split(".")[2] ?? "", "secret-token"]) expect(text).not.toContain(secret);
  });
});

describe("the player page", () => {
  test("comes whole, under a policy that lets nothing inline run and plays from the file service alone", async () => {
    const page = await asAda("/music/");
    expect([page.status, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    const policy = String(page.headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain(`media-src ${FILES};`);
    expect(policy).not.toContain("unsafe");
    expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
    for (const [, name] of page.text.matchAll(/(?:src|href)="([\w-]+\.\w+)"/g)) {
      expect((await asAda(`/music/${name}`)).status, name).toBe(200);
    }
    expect((await asAda("/music")).headers.location).toBe("/music/");
  });

  test("brings the library's own client, every script that another one names, and nothing else", async () => {
    const wanted = ["player.js"];
    for (const name of wanted) {
      const script = await asAda(`/music/${name}`);
      expect([script.status, script.headers["content-type"]], name).toEqual([200, "text/javascript; charset=utf-8"]);
      for (const [, next = ""] of script.text.matchAll(/from "\.\/([\w-]+\.js)"/g)) {
        if (!wanted.includes(next)) wanted.push(next);
      }
    }
    expect(wanted).toContain("coatcheck-client.js");
    for (const name of ["player.ts", "tsconfig.json", "player.d.ts", "..%2fmain.js", "main.js"]) {
      expect((await asAda(`/music/${name}`)).status, name).toBe(404);
    }
  });

  test("has a cover for each song, always the same, and no two alike", async () => {
    const covers = await Promise.all(songs.map(async ({ id }) => asAda(`/music/covers/${id}.svg`)));
    expect(new Set(covers.map(({ text }) => text)).size).toBe(songs.length);
    for (const cover of covers) expect(cover.headers["content-type"]).toBe("image/svg+xml");
    expect((await asAda(`/music/covers/${songs[0]?.id}.svg`)).text).toBe(covers[0]?.text);
    expect((await asAda("/music/covers/nothing.svg")).status).toBe(404);
  });
});

test("closing waits for the answer under way, and not for its connection to be used again", async () => {
  const asked = new EventEmitter();
  const slowKeys = await serve((_request, response) => asked.emit("asked", response));
  const jwksUrl = `${slowKeys.url}/jwks.json`;
  const options = { port: 0, host: "localhost", issuer: ISSUER, audience: AUDIENCE, jwksUrl, filesOrigin: FILES };
  const busy = await startLibrary(options);
  const token = await tokens.issue(await logIn(), AUDIENCE);
  const isAsked = once(asked, "asked");
  // It keeps its connections alive, as a gateway does.
  const answer = fetch(`${busy.url}/api/library/songs`, { headers: { authorization: `Bearer ${token}` } });
  const [response]: ServerResponse[] = await isAsked;
  const closing = busy.close();
  response?.end(JSON.stringify(tokens.jwks));
  expect((await answer).status).toBe(200);
  await closing;
  await slowKeys.close();
});

test("a URL of keys that others could answer for is refused", async () => {
  const jwksUrl = "http://login.example/jwks.json";
  const options = { port: 0, host: "localhost", issuer: ISSUER, audience: AUDIENCE, jwksUrl, filesOrigin: FILES };
  await expect(startLibrary(options)).rejects.toMatchObject({ code: "invalid_configuration" });
});

function bearer(token: string): readonly (readonly [string, string])[] {
  return [["Authorization", `Bearer ${token}`]];
}

async function expiredToken(): Promise<string> {
  behindMilliseconds = 86_400_000;
  const token = await tokens.issue(await logIn("ada", clock), AUDIENCE);
  behindMilliseconds = 0;
  return token;
}
