import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { FileServiceError } from "../../src/errors.ts";
import { PassCookie } from "../../src/passes/pass-cookie.ts";
import { Playlists } from "../../src/playlists/playlists.ts";
import { RunningDownloads } from "../../src/running-downloads.ts";
import { buildServer } from "../../src/server.ts";
import type { FileSource, OpenFile } from "../../src/sources/file-source.ts";

const SIZE = 1_000_000;
const fault = new FileServiceError("source_unavailable", "The disk with the secret name is on fire.");

let closed: number;
let lines: string[];
let close = async () => {};

afterEach(() => close());

/** A service whose every pass is good and whose every file is read like this. */
async function serviceThatReads(read: OpenFile["read"]): Promise<string> {
  closed = 0;
  lines = [];
  const file: OpenFile = {
    size: SIZE,
    entityTag: '"tag"',
    lastModified: 1_000,
    contentEncoding: "gzip",
    read,
    close: () => void closed++,
  };
  const source: FileSource = { open: async () => file, checkReadiness: async () => {}, close() {} };
  const pass = { path: "/", issuedAt: 0, expiresAt: Date.now() + 60_000, session: "session" };
  const server = buildServer({
    source,
    cookie: new PassCookie("https://files.example"),
    publicUrl: "https://files.example",
    now: Date.now,
    passes: {
      verify: async () => ({ accepted: true, pass }),
      hasEnded: () => false,
      onNews() {},
      close() {},
      areReady: async () => true,
    },
    downloads: new RunningDownloads({
      maximumMilliseconds: 60_000,
      maximumPerSession: 64,
      hasEnded: () => false,
      elapsed: Date.now,
    }),
    playlists: new Playlists("https://files.example"),
    maximumStalledMilliseconds: 60_000,
    allowedOrigins: [],
    trustedProxies: [],
    checkReadiness: async () => {},
    log: pino({ level: "warn" }, { write: (line) => lines.push(line) }),
  });
  close = async () => {
    server.server.closeAllConnections();
    await server.close();
  };
  server.server.listen(0, "127.0.0.1");
  await Promise.all([server.ready(), once(server.server, "listening")]);
  return `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
}

const OF_A_FILE = [
  "etag",
  "last-modified",
  "accept-ranges",
  "content-range",
  "content-encoding",
  "content-disposition",
  "set-cookie",
];

test.each<readonly [string, OpenFile["read"]]>([
  ["before it begins", () => Promise.reject(fault)],
  [
    "before its first byte",
    async () =>
      new Readable({
        read() {
          this.destroy(fault);
        },
      }),
  ],
])("a read that fails %s is 503, with nothing in it that was said of the file", async (_, read) => {
  const url = await serviceThatReads(read);
  const headers = { range: "bytes=0-9" };
  const response = await fetch(`${url}/one.bin?token=x&cookie=1`, { headers });
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ code: "unavailable", detail: expect.not.stringContaining("secret") });
  for (const name of OF_A_FILE) expect([name, response.headers.get(name)]).toEqual([name, null]);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(lines.join("")).toContain("on fire");
  expect(closed).toBe(1);
});

test.each([
  ["one range", "bytes=0-999999"],
  ["several", "bytes=0-9,100-999999"],
])("a read that fails after its first byte cuts the answer off: %s", async (_, range) => {
  const url = await serviceThatReads(async () => {
    let turn = 0;
    return new Readable({
      read() {
        if (turn++ === 0) this.push(Buffer.alloc(5));
        else this.destroy(fault);
      },
    });
  });
  const whole = fetch(`${url}/one.bin?token=x`, { headers: { range } }).then((response) => response.arrayBuffer());
  await expect(whole).rejects.toThrow();
  expect(lines.filter((line) => line.includes('"event":"download_failed"'))).toHaveLength(1);
  expect(closed).toBe(1);
});

test("over https every answer says that there is no other way", async () => {
  const url = await serviceThatReads(async () => Buffer.alloc(SIZE));
  for (const path of ["/one.bin?token=x", "/one.bin", "//"]) {
    expect((await fetch(url + path)).headers.get("strict-transport-security")).toBe("max-age=31536000");
  }
  const { headers } = await fetch(`${url}/one.bin?token=x&cookie=1`);
  expect(headers.getSetCookie()).toEqual([expect.stringMatching(/^__Secure-coatcheck-pass=x; .*; Secure; /)]);
});
