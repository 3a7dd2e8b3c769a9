import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ServiceUnderTest } from "../support/service-under-test.ts";

const PLAYLIST = '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:4,\none.ts\n#EXTINF:4,\nhttps://other.example/two.ts\n';

let service: ServiceUnderTest;
let token: string;

beforeAll(async () => {
  service = await ServiceUnderTest.start();
  await service.write("film/index.m3u8", PLAYLIST);
  await service.write("film/one.ts", "one");
  await service.write("list.m3u", "one.mp3\n");
  token = await service.passFor("/film/");
});

afterAll(() => service.dispose());

describe("a playlist by a pass in the query", () => {
  const get = (headers: Record<string, string> = {}) => service.get("/film/index.m3u8", headers, token);
  const withPass = (text: string) =>
    text.replace("init.mp4", `/film/init.mp4?token=${token}`).replace("\none.ts", `\n/film/one.ts?token=${token}`);

  test("hands it to its children, and to no other URL", async () => {
    const response = await get();
    const text = await response.text();
    expect([response.status, text]).toEqual([200, withPass(PLAYLIST)]);
    expect(response.headers.get("content-type")).toBe("application/vnd.apple.mpegurl");
    expect(response.headers.get("content-length")).toBe(String(text.length));
    const [child = ""] = /\/film\/one\.ts\S+/.exec(text) ?? [];
    expect(await (await fetch(new URL(child, `${service.url}/film/`))).text()).toBe("one");
  });

  test("has ranges and conditions of what is sent, and no date", async () => {
    const whole = await get();
    const text = await whole.text();
    expect(whole.headers.get("last-modified")).toBeNull();
    const etag = whole.headers.get("etag") ?? "";
    expect((await get({ "if-none-match": etag })).status).toBe(304);
    const part = await get({ range: `bytes=10-${text.length - 5}`, "if-range": etag });
    expect([part.status, await part.text()]).toEqual([206, text.slice(10, text.length - 4)]);
    expect(part.headers.get("content-range")).toBe(`bytes 10-${text.length - 5}/${text.length}`);
    const head = await fetch(`${service.url}/film/index.m3u8?token=${token}`, { method: "HEAD" });
    expect(head.headers.get("content-length")).toBe(String(text.length));
    const another = await service.get("/film/index.m3u8", {}, await service.passFor("/film/", { session: "another" }));
    expect(another.headers.get("etag")).not.toBe(etag);
  });

  test("for the playlist alone is of no use to its children, and stays with it", async () => {
    expect(await (await service.get("/film/index.m3u8")).text()).toBe(PLAYLIST);
  });

  test("leaves other lists alone", async () => {
    expect(await (await service.get("/list.m3u", {}, await service.passFor("/"))).text()).toBe("one.mp3\n");
  });

  test("that is too large to be rewritten says what to do instead", async () => {
    await service.write("film/long.m3u8", `#EXTM3U\n${"one.ts\n".repeat(20_001)}`);
    const response = await service.get("/film/long.m3u8", {}, token);
    expect([response.status, await response.json()]).toEqual([
      500,
      expect.objectContaining({ code: "playlist_too_large", detail: expect.stringContaining("in a cookie") }),
    ]);
    expect((await fetch(`${service.url}/~/${token}/film/long.m3u8`)).status).toBe(200);
  });
});

test.each([
  ["in the query", (token: string) => `/film/index.m3u8?token=${token}`],
  ["in the query, for a cookie", (token: string) => `/film/index.m3u8?token=${token}&cookie=1`],
  ["in the path", (token: string) => `/~/${token}/film/index.m3u8`],
])("a playlist that could take a pass to another host is not sent where the pass is %s", async (_, targetOf) => {
  const steering = '#EXT-X-CONTENT-STEERING:SERVER-URI="https://other.example/steering.json"';
  await service.write("film/index.m3u8", `#EXTM3U\n${steering}\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n`);
  const response = await fetch(service.url + targetOf(token));
  expect([response.status, await response.json()]).toEqual([500, expect.objectContaining({ code: "playlist_unsafe" })]);
  expect(response.headers.getSetCookie()).toEqual([]);
  expect(service.log.some((line) => line.includes("request_failed") && line.includes("CONTENT-STEERING"))).toBe(true);
  await service.write("film/index.m3u8", PLAYLIST);
});

test("in the path or a cookie the children have the pass already, and the playlist is sent as it is", async () => {
  const byPath = await fetch(`${service.url}/~/${token}/film/index.m3u8`);
  const first = await fetch(`${service.url}/film/index.m3u8?token=${token}&cookie=1`);
  const [cookie = ""] = (first.headers.getSetCookie()[0] ?? "").split(";");
  const byCookie = await fetch(`${service.url}/film/index.m3u8`, { headers: { cookie } });
  for (const response of [byPath, first, byCookie]) expect(await response.text()).toBe(PLAYLIST);
  expect(await (await fetch(new URL("one.ts", byPath.url))).text()).toBe("one");
});
