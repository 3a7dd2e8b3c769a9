import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { S3Server } from "../support/s3-server.ts";
import { ServiceUnderTest } from "../support/service-under-test.ts";

const LARGE = randomBytes(2_000_000);

let bucket: S3Server;
let service: ServiceUnderTest;

beforeAll(async () => {
  bucket = await S3Server.start();
  vi.stubEnv("AWS_ACCESS_KEY_ID", bucket.credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", bucket.credentials.secretAccessKey);
  service = await ServiceUnderTest.start({
    source: {
      kind: "bucket",
      bucket: bucket.bucket,
      prefix: "music",
      endpoint: bucket.endpoint,
      region: "eu-central-1",
    },
  });
  bucket.put("music/large.bin", LARGE);
  bucket.put("music/index.m3u8", "#EXTM3U\none.ts\n");
  bucket.put("secret.txt", "of another prefix");
});

afterAll(async () => {
  await service.dispose();
  await bucket.close();
  vi.unstubAllEnvs();
});

beforeEach(() => {
  bucket.requests.length = 0;
  bucket.trouble = null;
});

const contentOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

test("an object is one request to the bucket, whole or in part, and its tag and date are the bucket's", async () => {
  const whole = await service.get("/large.bin");
  expect((await contentOf(whole)).equals(LARGE)).toBe(true);
  expect(whole.headers.get("etag")).toMatch(/^"[0-9a-f]{32}"$/);
  expect(whole.headers.get("content-type")).toBe("application/octet-stream");
  const part = await service.get("/large.bin", { range: "bytes=100-1500000" });
  expect([part.status, part.headers.get("content-range")]).toEqual([206, "bytes 100-1500000/2000000"]);
  expect((await contentOf(part)).equals(LARGE.subarray(100, 1_500_001))).toBe(true);
  expect(bucket.requests).toEqual(["GET music/large.bin", "GET music/large.bin bytes=100-1500000"]);
});

test("several ranges are one request each, of the same state of the object", async () => {
  const response = await service.get("/large.bin", { range: "bytes=0-9,1000000-1999999" });
  expect(response.status).toBe(206);
  const body = await contentOf(response);
  expect(body.length).toBe(Number(response.headers.get("content-length")));
  expect(body.includes(LARGE.subarray(1_000_000))).toBe(true);
  expect(bucket.requests).toEqual([
    "HEAD music/large.bin",
    "GET music/large.bin bytes=0-9",
    "GET music/large.bin bytes=1000000-1999999",
  ]);
});

test("conditions and HEAD bring no bytes along", async () => {
  const etag = (await service.get("/large.bin", { range: "bytes=0-0" })).headers.get("etag") ?? "";
  bucket.requests.length = 0;
  expect((await service.get("/large.bin", { "if-none-match": etag })).status).toBe(304);
  expect((await service.get("/large.bin", { range: "bytes=2000000-" })).status).toBe(416);
  const head = await fetch(`${service.url}/large.bin?token=${await service.passFor("/large.bin")}`, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length")]).toEqual([200, "2000000"]);
  expect(bucket.requests.filter((request) => !request.startsWith("HEAD"))).toEqual([
    "GET music/large.bin bytes=2000000-",
  ]);
});

test("playlists are rewritten there, too", async () => {
  const token = await service.passFor("/");
  expect(await (await service.get("/index.m3u8", {}, token)).text()).toBe(`#EXTM3U\n/one.ts?token=${token}\n`);
});

test("a playlist that is stored compressed plays, or says in the log why it does not", async () => {
  const token = await service.passFor("/");
  const headers = { "content-encoding": "gzip" };
  bucket.put("music/zipped.m3u8", gzipSync("#EXTM3U\none.ts\n"), { headers });
  const zipped = await service.get("/zipped.m3u8", {}, token);
  expect(zipped.headers.get("content-encoding")).toBeNull();
  expect(await zipped.text()).toBe(`#EXTM3U\n/one.ts?token=${token}\n`);

  bucket.put("music/other.m3u8", "#EXTM3U\none.ts\n", { headers: { "content-encoding": "zstd" } });
  const other = await service.get("/other.m3u8", {}, token);
  expect([other.status, await other.json()]).toEqual([500, expect.objectContaining({ code: "playlist_unreadable" })]);
  expect(service.log.some((line) => line.includes("request_failed") && line.includes("zstd"))).toBe(true);
});

test("a playlist that is asked for again is one question to the bucket, and no bytes", async () => {
  const token = await service.passFor("/");
  const first = await (await service.get("/index.m3u8", {}, token)).text();
  bucket.requests.length = 0;
  expect(await (await service.get("/index.m3u8", {}, token)).text()).toBe(first);
  expect(bucket.requests).toEqual(["HEAD music/index.m3u8"]);
});

test("nothing is reached beyond the prefix, and what is not there is 404", async () => {
  const token = await service.passFor("/");
  expect((await service.get("/secret.txt", {}, token)).status).toBe(404);
  bucket.trouble = "may_not_list";
  expect((await service.get("/none.txt", {}, token)).status).toBe(404);
});

test("a bucket that fails is 503, and no reason to call a file missing", async () => {
  bucket.trouble = "slow_down";
  const response = await service.get("/large.bin");
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(await response.text()).not.toMatch(/SlowDown|music/);
  expect((await fetch(`${service.url}/-/health/ready`)).status).toBe(503);
});

test("a bucket whose answer ends early cuts the download off", async () => {
  bucket.trouble = "cut_off";
  const response = await service.get("/large.bin");
  await expect(response.arrayBuffer()).rejects.toThrow();
});
