import { chmod, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingProgram, NginxServer } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ServiceUnderTest } from "../support/service-under-test.ts";

const TEXT = "0123456789abcdefghijklmnopqrstuvwxyz";
const CHANGED = new Date("2026-01-02T03:04:05Z");
const EARLIER = new Date("2026-01-01T00:00:00Z").toUTCString();
const LATER = new Date("2026-02-01T00:00:00Z").toUTCString();
const isMissing = missingProgram("nginx") || missingProgram("ngx_http_js_module.so");

describe.skipIf(isMissing)("what is answered is what nginx answers for the same file", () => {
  let folder: string;
  let service: ServiceUnderTest;
  let nginx: NginxServer;
  let token: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "coatcheck-like-nginx-"));
    for (const [name, text] of [
      ["letters.txt", TEXT],
      ["empty.txt", ""],
    ] as const) {
      await writeFile(join(folder, name), text);
      await utimes(join(folder, name), CHANGED, CHANGED);
    }
    // nginx's workers run as another user.
    await chmod(folder, 0o755);
    service = await ServiceUnderTest.start({ source: { kind: "folder", path: folder } });
    token = await service.passFor("/");
    nginx = await NginxServer.start((address) => ({
      "conf.d/files.conf": `server { listen ${address}; root ${folder}; types { text/plain txt; } }`,
    }));
  });

  afterAll(async () => {
    await nginx?.stop();
    await service?.dispose();
    await rm(folder, { recursive: true });
  });

  interface Asked {
    readonly method?: string;
    readonly file?: string;
    readonly headers?: Readonly<Record<string, string>>;
  }

  async function answerOf(url: string, { method = "GET", headers = {} }: Asked) {
    const response = await fetch(url, { method, headers: { "accept-encoding": "identity", ...headers } });
    const body = await response.text();
    const type = response.headers.get("content-type") ?? "";
    const [, boundary] = /^multipart\/byteranges; boundary=(.+)$/.exec(type) ?? [];
    return {
      status: response.status,
      range: response.headers.get("content-range"),
      // Each server words its errors in its own way.
      body: response.ok ? (boundary === undefined ? body : partsOf(body, boundary)) : null,
      length: boundary === undefined && response.ok ? response.headers.get("content-length") : null,
      acceptsRanges: response.status === 200 ? response.headers.get("accept-ranges") : null,
      lastModified: response.ok ? response.headers.get("last-modified") : null,
    };
  }

  /** Without the boundary, which each server chooses freely. */
  function partsOf(body: string, boundary: string): readonly string[] {
    return body
      .split(`--${boundary}`)
      .slice(1, -1)
      .map((part) => {
        const [head = "", content = ""] = part.split("\r\n\r\n");
        const [, range] = /content-range: (.*)/i.exec(head) ?? [];
        return `${range?.trim()} ${content.trimEnd()}`;
      });
  }

  async function expectTheSame(asked: Asked): Promise<void> {
    const { file = "letters.txt" } = asked;
    const ours = await answerOf(`${service.url}/${file}?token=${token}`, asked);
    expect(ours).toEqual(await answerOf(`http://127.0.0.1:${nginx.port}/${file}`, asked));
  }

  test("without a range, with HEAD, and for an empty file", async () => {
    await expectTheSame({});
    await expectTheSame({ method: "HEAD" });
    await expectTheSame({ file: "empty.txt" });
  });

  test.each([
    "bytes=0-0",
    "bytes=0-1",
    "bytes=5-9",
    "bytes=5-",
    "bytes=-1",
    "bytes=-5",
    "bytes=0-",
    "bytes=35-35",
    "bytes=30-99",
    "bytes=-99",
    "bytes=36-",
    "bytes=99-100",
    "bytes=-0",
    "bytes=0-1,5-6",
    "bytes=0-0,-1",
    "bytes=20-21,2-3",
    "bytes=0-1,99-100",
    "bytes= 0-1 , 5-6",
    "items=0-1",
    "bytes",
    "bytes=",
  ])("Range: %s", async (range) => {
    await expectTheSame({ headers: { range } });
  });

  const statuses = async (asked: Asked) => {
    const { file = "letters.txt" } = asked;
    const ours = await answerOf(`${service.url}/${file}?token=${token}`, asked);
    return [ours.status, (await answerOf(`http://127.0.0.1:${nginx.port}/${file}`, asked)).status];
  };

  test("but where RFC 9110 says otherwise: 14.2 knows ranges for GET alone, 14.1.1 no byte of an empty file", async () => {
    expect(await statuses({ method: "HEAD", headers: { range: "bytes=0-1" } })).toEqual([200, 206]);
    expect(await statuses({ file: "empty.txt", headers: { range: "bytes=0-0" } })).toEqual([416, 200]);
  });

  test("and what is no range is none, rather than one that cannot be had", async () => {
    expect(await statuses({ headers: { range: "bytes=a-b" } })).toEqual([200, 416]);
  });

  test.each([
    ["if-modified-since", CHANGED.toUTCString()],
    ["if-modified-since", EARLIER],
    ["if-unmodified-since", EARLIER],
    ["if-unmodified-since", LATER],
    ["if-match", '"another"'],
    ["if-match", "*"],
    ["if-none-match", '"another"'],
    ["if-none-match", "*"],
  ])("%s: %s", async (name, value) => {
    await expectTheSame({ headers: { [name]: value } });
    await expectTheSame({ headers: { [name]: value, range: "bytes=0-1" } });
  });

  test.each([CHANGED.toUTCString(), EARLIER, '"another"'])("If-Range: %s", async (value) => {
    await expectTheSame({ headers: { "if-range": value, range: "bytes=0-1" } });
  });

  test("each knows its own tag again", async () => {
    for (const url of [`${service.url}/letters.txt?token=${token}`, `http://127.0.0.1:${nginx.port}/letters.txt`]) {
      const tag = (await fetch(url)).headers.get("etag") ?? "";
      const status = async (headers: Readonly<Record<string, string>>) => (await fetch(url, { headers })).status;
      expect(await status({ "if-none-match": tag })).toBe(304);
      expect(await status({ "if-match": tag })).toBe(200);
      expect(await status({ "if-range": tag, range: "bytes=0-1" })).toBe(206);
    }
  });
});
