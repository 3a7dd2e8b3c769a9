import { expect, test } from "vitest";
import { LineLimit } from "../src/line-limit.ts";

const refused = '{"level":30,"time":1,"reqId":"a","event":"request","path":"/x","status":401}\n';
const served = '{"level":30,"time":1,"reqId":"a","event":"request","path":"/app","status":200}\n';
const stolen = '{"level":40,"time":1,"event":"authn_token_reuse","reqId":"a"}\n';

test("refused requests of a minute fill the log only so far, and how many were left out is said", () => {
  const limit = new LineLimit();
  const kept = Array.from({ length: 10_000 }, () => limit.judge(refused, 0).isKept).filter(Boolean).length;
  expect([kept, limit.suppressed]).toEqual([6_000, 4_000]);
  expect(limit.judge(refused, 60_000)).toEqual({ isKept: true, suppressed: 4_000 });
  expect(limit.judge(refused, 60_001)).toEqual({ isKept: true, suppressed: 0 });
});

test("a flood hides neither what services answered nor a copied cookie", () => {
  const limit = new LineLimit();
  for (let index = 0; index < 10_000; index += 1) limit.judge(refused, 0);
  expect([served, stolen].map((line) => limit.judge(line, 0).isKept)).toEqual([true, true]);
  expect(limit.judge('{"level":40,"time":1,"reqId":"a","event":"not_ready"}', 0).isKept).toBe(false);
});
