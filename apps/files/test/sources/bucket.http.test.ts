import { buffer as bytesOf } from "node:stream/consumers";
import { requireAccessPath } from "coatcheck/passes";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { BucketSource } from "../../src/sources/bucket.ts";
import type { LikelyRead } from "../../src/sources/file-source.ts";
import { S3Server } from "../support/s3-server.ts";
import { waitUntil } from "../support/wait-until.ts";
import { sourceContract } from "./source-contract.ts";

let server: S3Server;

beforeAll(async () => {
  server = await S3Server.start();
  vi.stubEnv("AWS_ACCESS_KEY_ID", server.credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", server.credentials.secretAccessKey);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

beforeEach(() => {
  server.objects.clear();
  server.requests.length = 0;
  server.trouble = null;
});

function openBucket(prefix = ""): BucketSource {
  const { bucket, endpoint } = server;
  return new BucketSource({ kind: "bucket", bucket, prefix, endpoint, region: "eu-central-1" });
}

describe.each(["", "library/of songs"])("a bucket with the prefix '%s'", (prefix) => {
  sourceContract(async () => {
    const source = openBucket(prefix);
    const keyOf = (path: string) => (prefix + path).replace(/^\//, "");
    return {
      source,
      put: async (path, content) =>
        server.put(keyOf(path), content, { lastModified: new Date(Date.now() - 3_600_000) }),
      remove: async (path) => void server.objects.delete(keyOf(path)),
      dispose: async () => source.close(),
    };
  });
});

describe("a bucket", () => {
  let source: BucketSource;

  beforeEach(() => {
    source = openBucket();
    server.put("one.txt", "one two three");
  });

  afterEach(() => source.close());

  const open = (likely: LikelyRead, path = "/one.txt") => source.open(requireAccessPath(path), likely);
  const read = async (likely: LikelyRead, first: number, last: number) => {
    const file = await open(likely);
    if (file === null) throw new Error("There is no file.");
    try {
      const body = await file.read({ first, last });
      return (Buffer.isBuffer(body) ? body : await bytesOf(body)).toString();
    } finally {
      file.close();
    }
  };

  test("is asked once for what is likely: the whole, or a range as it was given", async () => {
    expect(await read("everything", 0, 12)).toBe("one two three");
    expect(await read({ first: 4, last: 6 }, 4, 6)).toBe("two");
    expect(await read({ first: 8, last: null }, 8, 12)).toBe("three");
    expect(await read({ suffixLength: 5 }, 8, 12)).toBe("three");
    expect(server.requests).toEqual([
      "GET one.txt",
      "GET one.txt bytes=4-6",
      "GET one.txt bytes=8-",
      "GET one.txt bytes=-5",
    ]);
  });

  test("is asked about it only, where nothing is likely", async () => {
    (await open("nothing"))?.close();
    expect(server.requests).toEqual(["HEAD one.txt"]);
    expect(await read("nothing", 4, 6)).toBe("two");
    expect(server.requests.slice(1)).toEqual(["HEAD one.txt", "GET one.txt bytes=4-6"]);
  });

  test("passes on tag, date and encoding as they are there", async () => {
    const lastModified = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
    server.put("one.txt", "one", {
      lastModified,
      headers: { "content-encoding": "aws-chunked,gzip", etag: '"its-tag"' },
    });
    for (const likely of ["everything", "nothing"] as const) {
      const file = await open(likely);
      expect(file).toMatchObject({
        entityTag: '"its-tag"',
        lastModified: lastModified.getTime(),
        contentEncoding: "gzip",
      });
      file?.close();
    }
  });

  test.each(["everything", "nothing"] as const)("that may not be listed has nothing there, by %s", async (likely) => {
    server.trouble = "may_not_list";
    expect(await open(likely, "/none.txt")).toBeNull();
    await expect(source.checkReadiness()).resolves.toBeUndefined();
  });

  test("does not have what lies in an archive", async () => {
    server.trouble = "archived";
    expect(await open("everything")).toBeNull();
    expect(await open("nothing")).toBeNull();
  });

  test.each([
    ["overloaded", "slow_down"],
    ["not there", "no_bucket"],
    ["without tags", "no_tags"],
  ] as const)("%s is a fault, and not a file that is missing", async (_, trouble) => {
    server.trouble = trouble;
    await expect(open("everything")).rejects.toMatchObject({ code: "source_unavailable" });
    if (trouble !== "no_tags") {
      await expect(source.checkReadiness()).rejects.toMatchObject({ code: "source_unavailable" });
    }
  });

  test("by wrong credentials is a fault, whichever way it is asked", async () => {
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "another secret");
    const stranger = openBucket();
    for (const likely of ["everything", "nothing"] as const) {
      const opening = stranger.open(requireAccessPath("/one.txt"), likely);
      await expect(opening).rejects.toMatchObject({ code: "source_unavailable" });
    }
    await expect(stranger.checkReadiness()).rejects.toMatchObject({ code: "source_unavailable" });
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", server.credentials.secretAccessKey);
    stranger.close();
  });

  test("that says nothing is a fault in time", async () => {
    server.trouble = "silent";
    const { bucket, endpoint } = server;
    const location = { kind: "bucket", bucket, prefix: "", endpoint, region: "eu-central-1" } as const;
    const impatient = new BucketSource(location, { answerMilliseconds: 100 });
    const opening = impatient.open(requireAccessPath("/one.txt"), "everything");
    await expect(opening).rejects.toMatchObject({ code: "source_unavailable" });
    impatient.close();
  });

  test("that is not reached is a fault", async () => {
    const { bucket } = server;
    const nowhere = new BucketSource({
      kind: "bucket",
      bucket,
      prefix: "",
      region: "eu-central-1",
      endpoint: "http://localhost:1",
    });
    await expect(nowhere.open(requireAccessPath("/one.txt"), "everything")).rejects.toMatchObject({
      code: "source_unavailable",
    });
    nowhere.close();
  });

  test("whose answer ends early makes the stream fail", async () => {
    server.put("one.txt", Buffer.alloc(1_000_000));
    server.trouble = "cut_off";
    await expect(read("everything", 0, 999_999)).rejects.toThrow();
  });

  test("that knows no ranges is no help with them, and is not believed", async () => {
    server.trouble = "no_ranges";
    await expect(read({ first: 4, last: 6 }, 4, 6)).rejects.toMatchObject({ code: "source_unavailable" });
    expect(await read("everything", 0, 12)).toBe("one two three");
  });

  test("an object that is deleted between two requests has changed", async () => {
    const file = await open("nothing");
    server.objects.delete("one.txt");
    await expect(file?.read({ first: 0, last: 2 })).rejects.toMatchObject({ code: "file_changed" });
  });

  test("what is closed before it was read to its end does not keep its connection busy", async () => {
    server.put("one.txt", Buffer.alloc(20_000_000));
    for (let round = 0; round < 30; round++) (await open("everything"))?.close();
    await waitUntil("the connections to end", async () => (await server.connections()) <= 2);
  });
});
