import { randomBytes } from "node:crypto";
import { utimes } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ServiceUnderTest } from "../support/service-under-test.ts";

const LARGE = randomBytes(2_000_000);
const AN_HOUR_AGO = Math.floor(Date.now() / 1_000) - 3_600;

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await ServiceUnderTest.start();
  for (const [path, content] of [
    ["songs/one.wav", "0123456789"],
    ["songs/large.bin", LARGE],
    ["songs/empty.txt", ""],
    ["page.html", "<script>alert(1)</script>"],
    ["picture.svg", "<svg/>"],
    ["Café/a b.txt", "by its name"],
  ] as const) {
    await utimes(await service.write(path, content), AN_HOUR_AGO, AN_HOUR_AGO);
  }
});

afterAll(() => service.dispose());

const get = (path: string, headers?: Record<string, string>, token?: string) => service.get(path, headers, token);
const contentOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe("GET", () => {
  test("the whole file, small or large, with what there is to say of it", async () => {
    const response = await get("/songs/one.wav");
    expect([response.status, await response.text()]).toEqual([200, "0123456789"]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "audio/wav",
      "content-length": "10",
      "accept-ranges": "bytes",
      "last-modified": new Date(AN_HOUR_AGO * 1_000).toUTCString(),
      etag: expect.stringMatching(/^"[a-z0-9-]+"$/),
      "cache-control": "private, no-cache",
    });
    expect((await contentOf(await get("/songs/large.bin"))).equals(LARGE)).toBe(true);
  });

  test("an empty one", async () => {
    const response = await get("/songs/empty.txt");
    expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([200, "0", ""]);
  });

  test("by a name with anything in it, however it is encoded", async () => {
    const token = await service.passFor("/Caf%C3%A9/");
    for (const path of ["/Caf%C3%A9/a%20b.txt", "/C%61f%c3%a9/a%20b.txt"]) {
      expect(await (await get(path, {}, token)).text()).toBe("by its name");
    }
  });

  test("one range", async () => {
    const response = await get("/songs/large.bin", { range: "bytes=100000-1100000" });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe("bytes 100000-1100000/2000000");
    expect((await contentOf(response)).equals(LARGE.subarray(100_000, 1_100_001))).toBe(true);
  });

  test("several ranges", async () => {
    const response = await get("/songs/large.bin", { range: "bytes=0-99,500000-1500000,-100" });
    expect(response.status).toBe(206);
    const [, boundary] =
      /^multipart\/byteranges; boundary=([\w-]{24})$/.exec(response.headers.get("content-type") ?? "") ?? [];
    const body = await contentOf(response);
    expect(body.length).toBe(Number(response.headers.get("content-length")));
    const head = (range: string) =>
      `--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${range}/2000000\r\n\r\n`;
    const expected = [
      head("0-99"),
      LARGE.subarray(0, 100),
      "\r\n",
      head("500000-1500000"),
      LARGE.subarray(500_000, 1_500_001),
      "\r\n",
      head("1999900-1999999"),
      LARGE.subarray(-100),
      `\r\n--${boundary}--\r\n`,
    ];
    expect(body.equals(Buffer.concat(expected.map((part) => Buffer.from(part))))).toBe(true);
  });

  test("no range that there is: 416, with how much there is", async () => {
    const response = await get("/songs/one.wav", { range: "bytes=10-" });
    expect([response.status, response.headers.get("content-range")]).toEqual([416, "bytes */10"]);
    expect(await response.json()).toMatchObject({ code: "range_not_satisfiable" });
    expect(response.headers.get("etag")).toBeNull();
  });

  test("what the client has already: 304, without anything that could be wrong", async () => {
    const etag = (await get("/songs/one.wav")).headers.get("etag") ?? "";
    const response = await get("/songs/one.wav", { "if-none-match": etag });
    expect([response.status, await response.text()]).toEqual([304, ""]);
    expect(response.headers.get("etag")).toBe(etag);
    expect(response.headers.get("cache-control")).toBe("private, no-cache");
    expect([response.headers.get("content-length"), response.headers.get("content-type")]).toEqual([null, null]);
    const since = new Date(AN_HOUR_AGO * 1_000).toUTCString();
    expect((await get("/songs/one.wav", { "if-modified-since": since })).status).toBe(304);
  });

  test("what is not the client's any more: 412, or the whole in place of a range", async () => {
    const failed = await get("/songs/one.wav", { "if-match": '"old"' });
    expect([failed.status, await failed.json()]).toEqual([
      412,
      expect.objectContaining({ code: "precondition_failed" }),
    ]);
    const whole = await get("/songs/one.wav", { range: "bytes=0-1", "if-range": '"old"' });
    expect([whole.status, await whole.text()]).toEqual([200, "0123456789"]);
    const etag = whole.headers.get("etag") ?? "";
    const part = await get("/songs/one.wav", { range: "bytes=0-1", "if-range": etag });
    expect([part.status, await part.text()]).toEqual([206, "01"]);
  });

  test("nothing that is there: 404, once a pass opens it", async () => {
    for (const path of ["/songs/none.wav", "/.git/config", "/songs/one.wav/more"]) {
      const response = await get(path);
      expect([response.status, await response.json()]).toEqual([404, expect.objectContaining({ code: "not_found" })]);
      expect(response.headers.get("cache-control")).toBe("no-store");
    }
  });
});

describe("HEAD", () => {
  const head = async (path: string, headers: Record<string, string> = {}) =>
    fetch(`${service.url}${path}?token=${await service.passFor(path)}`, { method: "HEAD", headers });

  test("says what GET would, and sends nothing", async () => {
    for (const path of ["/songs/one.wav", "/songs/large.bin", "/page.html"]) {
      const [one, other] = [await head(path), await get(path)];
      expect([one.status, (await one.arrayBuffer()).byteLength]).toEqual([200, 0]);
      const names = ["content-length", "content-type", "etag", "last-modified", "accept-ranges", "content-disposition"];
      for (const name of names) expect([name, one.headers.get(name)]).toEqual([name, other.headers.get(name)]);
      await other.arrayBuffer();
    }
  });

  test("knows no ranges, but conditions", async () => {
    const response = await head("/songs/one.wav", { range: "bytes=0-1" });
    expect([response.status, response.headers.get("content-length")]).toEqual([200, "10"]);
    const etag = response.headers.get("etag") ?? "";
    expect((await head("/songs/one.wav", { "if-none-match": etag })).status).toBe(304);
    expect((await head("/songs/none.wav")).status).toBe(404);
  });
});

describe("whatever is in a file", () => {
  test.each(["/page.html", "/picture.svg", "/songs/large.bin"])(
    "%s is saved, and not shown as a page",
    async (path) => {
      const { headers } = await service.get(path);
      expect(headers.get("content-disposition")).toBe("attachment");
    },
  );

  test("no document of this origin runs a script or leaks a URL, errors included", async () => {
    const refused = await fetch(`${service.url}/page.html`);
    const broken = await fetch(`${service.url}/a//b`);
    for (const response of [await get("/page.html"), await get("/songs/one.wav"), refused, broken]) {
      const policy = response.headers.get("content-security-policy")?.split("; ") ?? [];
      expect(policy).toEqual(expect.arrayContaining(["sandbox allow-same-origin", "default-src 'none'"]));
      expect(policy.join()).not.toMatch(/script-src|allow-(?!same-origin)/);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("referrer-policy")).toBe("no-referrer");
      expect(response.headers.get("cross-origin-resource-policy")).toBe("same-site");
    }
  });
});

test("the service says that it lives, and that it is ready, under names that no file has", async () => {
  for (const [path, status] of [
    ["live", "live"],
    ["ready", "ready"],
  ]) {
    const response = await fetch(`${service.url}/-/health/${path}`);
    expect([response.status, await response.json()]).toEqual([200, { status }]);
  }
});

test.each([
  "100% Hits.mp3",
  "AC\\DC.mp3",
  "my%20song.mp3",
  "what?.mp3",
  "No. #1.mp3",
  "a+b;c=d&e.mp3",
  "http%3A%2F%2Fx.mp3",
  "Beyonce\u0301.mp3",
  "Beyonc\u00e9.mp3",
  "\u65e5\u672c\u8a9e.mp3",
  "\u{1f3b5} <x> \"q\" 'p' | * : ~.mp3",
])("a file is had by its name, whatever is in it, by every carrier: %s", async (name) => {
  await service.write(`names/${name}`, name);
  const path = `/names/${encodeURIComponent(name)}`;
  const [own, folder] = [await service.passFor(path), await service.passFor("/names/")];
  const cookie = `coatcheck-pass-${new URL(service.url).port}=${folder}`;
  for (const response of [
    await service.get(path, {}, own),
    await service.get(path, {}, folder),
    await fetch(`${service.url}/~/${folder}${path}`),
    await fetch(service.url + path, { headers: { cookie } }),
  ]) {
    expect([response.status, await response.text(), response.headers.get("content-type")]).toEqual([
      200,
      name,
      "audio/mpeg",
    ]);
  }
});
