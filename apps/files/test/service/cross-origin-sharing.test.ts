import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ServiceUnderTest } from "../support/service-under-test.ts";

const PLAYER = "https://player.example";

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await ServiceUnderTest.start({ allowedOrigins: [PLAYER] });
  await service.write("one.wav", "one");
});

afterAll(() => service.dispose());

const sharingOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => /^access-control-|^vary$/.test(name)));

describe("a script of an allowed origin", () => {
  const shared = {
    vary: "Origin",
    "access-control-allow-origin": PLAYER,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "accept-ranges, content-length, content-range, etag",
  };

  test("may read files, parts of them, and why there is none", async () => {
    const answers = [
      await service.get("/one.wav", { origin: PLAYER }),
      await service.get("/one.wav", { origin: PLAYER, range: "bytes=0-1" }),
      await service.get("/none.wav", { origin: PLAYER }),
      await fetch(`${service.url}/one.wav`, { headers: { origin: PLAYER } }),
      await fetch(`${service.url}//`, { headers: { origin: PLAYER } }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([200, 206, 404, 401, 400]);
    for (const answer of answers) expect(sharingOf(answer)).toEqual(shared);
  });

  test("may ask for ranges, which its browser asks about first, without a pass", async () => {
    const headers = {
      origin: PLAYER,
      "access-control-request-method": "GET",
      "access-control-request-headers": "range",
    };
    const answer = await fetch(`${service.url}/one.wav`, { method: "OPTIONS", headers });
    expect(answer.status).toBe(204);
    expect(sharingOf(answer)).toEqual({
      ...shared,
      "access-control-allow-methods": "GET, HEAD",
      "access-control-allow-headers":
        "range, if-range, if-match, if-none-match, if-modified-since, if-unmodified-since",
      "access-control-max-age": "7200",
    });
  });
});

test.each([
  undefined,
  "https://other.example",
  "null",
  `${PLAYER}.other.example`,
  `${PLAYER}/`,
  "http://player.example",
])("the script of no other origin is let in: %s", async (origin) => {
  const headers: Record<string, string> = origin === undefined ? {} : { origin };
  const answer = await service.get("/one.wav", headers);
  // What a browser keeps of it must not be used for a script that has an origin.
  expect([answer.status, sharingOf(answer)]).toEqual([200, { vary: "Origin" }]);
  const preflight = { ...headers, "access-control-request-method": "GET" };
  const asked = await fetch(`${service.url}/one.wav`, { method: "OPTIONS", headers: preflight });
  expect([asked.status, sharingOf(asked)]).toEqual([405, { vary: "Origin" }]);
});

test("elements of other sites' pages may use files only where some origin is allowed", async () => {
  expect((await service.get("/one.wav")).headers.get("cross-origin-resource-policy")).toBe("cross-origin");
});

test("an OPTIONS that is no preflight is answered like any other method", async () => {
  const answer = await fetch(`${service.url}/one.wav`, { method: "OPTIONS", headers: { origin: PLAYER } });
  expect(answer.status).toBe(405);
});
