import type { JsonObject } from "coatcheck";
import { describe, expect, test } from "vitest";
import { validateSessionData } from "../../src/core/session-data.ts";
import { logIn, present, startSessions } from "./support/sessions-under-test.ts";

const refused = expect.objectContaining({ code: "invalid_session_data" });

test("plain JSON comes back equal, and shares nothing with the caller's object", () => {
  const data = { theme: "dark", nested: { list: [1, "two", null, true] }, "": "empty key" };
  const copy = validateSessionData(data);
  expect(copy).toEqual(data);
  data.nested.list.push("later");
  expect(copy).toEqual({ theme: "dark", nested: { list: [1, "two", null, true] }, "": "empty key" });
});

test("what JSON cannot carry is gone at once, not only after the store", () => {
  const data = { kept: 1, dropped: undefined, notANumber: Number.NaN } as unknown as JsonObject;
  expect(validateSessionData(data)).toEqual({ kept: 1, notANumber: null });
});

test("a key named __proto__ is data like any other", () => {
  const copy = validateSessionData(JSON.parse('{"__proto__":{"admin":true}}'));
  expect(Object.keys(copy)).toEqual(["__proto__"]);
  expect((copy as { admin?: boolean }).admin).toBeUndefined();
});

test("4,096 bytes of JSON are accepted and one more is refused, counted in UTF-8", () => {
  const frame = JSON.stringify({ text: "" }).length;
  expect(validateSessionData({ text: "x".repeat(4_096 - frame) })).toBeTruthy();
  expect(() => validateSessionData({ text: "x".repeat(4_097 - frame) })).toThrow(refused);
  expect(() => validateSessionData({ text: "é".repeat(2_048) })).toThrow(refused);
});

describe("refused as session data", () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const failing = (): never => {
    throw new Error("not today");
  };
  const rows: readonly (readonly [name: string, data: unknown])[] = [
    ["null", null],
    ["nothing", undefined],
    ["an array", []],
    ["a string", "text"],
    ["a number", 7],
    ["a function", () => 7],
    ["an object that refers to itself", circular],
    ["a big integer", { count: 7n }],
    ["a date, which JSON makes a string of", new Date(0)],
    ["an object that turns itself into an array", { toJSON: () => [1] }],
    ["an object that turns itself into nothing", { toJSON: () => undefined }],
    ["an object whose conversion throws", { toJSON: failing }],
  ];
  test.each(rows)("%s", (_name, data) => {
    expect(() => validateSessionData(data as JsonObject)).toThrow(refused);
  });
});

test("a login with invalid data leaves the session that it would replace alone, and writes nothing", async () => {
  const { sessions, store } = startSessions();
  const { token, authentication } = await logIn(sessions);
  const attempt = await sessions.begin("ada");
  store.forgetCalls();
  const invalid = { text: "x".repeat(5_000) };
  await expect(sessions.login(attempt, { data: invalid, replaces: authentication })).rejects.toThrow(refused);
  await expect(sessions.replaceData(authentication, invalid)).rejects.toThrow(refused);
  expect(store.writes).toEqual([]);
  expect((await present(sessions, token)).session.data).toEqual({});
});
