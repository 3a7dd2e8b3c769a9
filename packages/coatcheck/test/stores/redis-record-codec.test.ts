import { CoatcheckError } from "coatcheck";
import type { SessionRecord } from "coatcheck/store";
import { sessionRecordNamed } from "coatcheck/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packChange, packRecord, unpackRecord } from "../../src/stores/redis/record-codec.ts";
import { restoreUserAgent, shortenUserAgent } from "../../src/stores/redis/user-agent-codec.ts";

const record = sessionRecordNamed("phone", 1_782_985_277_123);
const time = fc.integer({ min: 0, max: 2 ** 48 - 2 });
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("base64url"));
const secret = fc.record({ digest, issuedAt: time, authenticatedAt: fc.option(time) });
const text = (maxLength: number) => fc.string({ unit: "grapheme", maxLength });

const anyRecord: fc.Arbitrary<SessionRecord> = fc.record({
  userKey: fc.constant(record.userKey),
  sessionId: fc.constant(record.sessionId),
  userId: text(100),
  lineageDigest: digest,
  current: secret,
  pending: fc.option(
    fc.record({ digest, issuedAt: time, authenticatedAt: fc.option(time), attempt: fc.integer({ min: 1, max: 3 }) }),
  ),
  grace: fc.array(fc.record({ digest, validUntil: time }), { maxLength: 2 }),
  createdAt: time,
  lastSeenAt: time,
  idleDeadline: time,
  absoluteDeadline: time,
  methods: fc.array(text(5), { maxLength: 4 }),
  remembered: fc.boolean(),
  csrfKey: digest,
  device: fc.record({ label: text(8), userAgent: fc.option(text(60)), ip: fc.option(text(8)) }),
  data: fc.dictionary(text(5), fc.jsonValue({ maxDepth: 2 })).map((data) => JSON.parse(JSON.stringify(data))),
  version: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
});

describe("a packed session", () => {
  test("is unpacked as it was packed", () => {
    fc.assert(
      fc.property(anyRecord, (each) => {
        expect(unpackRecord(each, packRecord(each))).toEqual(each);
      }),
    );
  });

  test("takes hardly more than what it says", () => {
    const userAgent =
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36";
    const device = { label: "Chrome on Windows", userAgent, ip: "203.0.113.77" };
    const userId = "3f0c5b9e-7d0a-4a53-9e36-4d3b1f2f7a11";
    expect(packRecord({ ...record, userId, device }).length).toBeLessThanOrEqual(232);
    expect(packRecord({ ...record, userId, device: { ...device, userAgent: null } }).length).toBeLessThanOrEqual(219);
  });

  test("of another version is not guessed at", () => {
    const packed = packRecord(record);
    packed[0] = 2;
    expect(() => unpackRecord(record, packed)).toThrow(expect.objectContaining({ code: "store_schema_unsupported" }));
  });

  const tooLong: [string, Partial<SessionRecord>][] = [
    ["methods", { methods: ["x".repeat(254)] }],
    ["a label", { device: { ...record.device, label: "x".repeat(255) } }],
    ["an address", { device: { ...record.device, ip: "x".repeat(255) } }],
    ["a user agent", { device: { ...record.device, userAgent: "x".repeat(65_535) } }],
    ["data", { data: { x: "x".repeat(65_535) } }],
  ];
  for (const [what, fields] of tooLong) {
    test(`with ${what} beyond what its length can say is refused, not cut`, () => {
      expect(() => packRecord({ ...record, ...fields })).toThrow(CoatcheckError);
    });
  }

  test("a change to more methods than a session can hold is refused", () => {
    expect(() => packChange({ methods: ["x".repeat(254)] })).toThrow(CoatcheckError);
  });
});

describe("a shortened user agent", () => {
  const known = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0",
  ];
  for (const userAgent of known) {
    test(`is less than half of ${userAgent}`, () => {
      expect(shortenUserAgent(userAgent).length).toBeLessThan(userAgent.length / 2);
      expect(restoreUserAgent(shortenUserAgent(userAgent))).toBe(userAgent);
    });
  }

  test("is restored, whatever it was", () => {
    const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\u0000", "\u0001x", "\u0000\u0001", "\t"));
    fc.assert(
      fc.property(anyText, (userAgent) => {
        expect(restoreUserAgent(shortenUserAgent(userAgent))).toBe(userAgent);
      }),
    );
  });
});
