import { SessionManager } from "coatcheck";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { describe, expect, test } from "vitest";
import { deriveUserKey } from "../../src/core/user-key.ts";
import { logIn } from "./support/sessions-under-test.ts";

// Computed with Python's hashlib: the first 15 bytes of SHA-256 over three parts, each after its length as four bytes.
describe("known keys", () => {
  const rows: readonly (readonly [namespace: string, userId: string, key: string])[] = [
    ["default", "1", "c_4N6iCu8114J5DbE6RV"],
    ["default", "ada@example.com", "lq5_ULDnpXQhBrrhk4ER"],
    ["tenant-7", "Ægir 🛶", "3Vz1-SxIdeVqNPwA6CH7"],
    ["", "x".repeat(255), "FhH0XIZvUpSLN9gLk94L"],
  ];
  test.each(rows)("of %j, %j", (namespace, userId, key) => {
    expect(deriveUserKey(namespace, userId)).toBe(key);
  });
});

test("no two pairs of namespace and user id run together", () => {
  const pairs = [
    ["a", "bc"],
    ["ab", "c"],
    ["", "abc"],
    ["a\0", "bc"],
    ["a", "\u0001bc"],
    ["abc", "\u0001"],
    ["a:b", "c"],
    ["a", "b:c"],
  ] as const;
  const keys = new Set(pairs.map(([namespace, userId]) => deriveUserKey(namespace, userId)));
  expect(keys.size).toBe(pairs.length);
});

test("user ids are compared as they are: case, form of Unicode and white space make another user", () => {
  const userIds = ["ada", "Ada", " ada", "ada ", "ada\n", "\u00e9", "e\u0301", "1", "01", "１"];
  expect(new Set(userIds.map((userId) => deriveUserKey("default", userId))).size).toBe(userIds.length);
});

describe("refused with invalid_user_id", () => {
  const rows: readonly (readonly [name: string, userId: string])[] = [
    ["nothing", ""],
    ["256 characters", "x".repeat(256)],
    ["a high surrogate alone", "ada\ud83d"],
    ["a low surrogate alone", "\ude00ada"],
    ["a pair the wrong way round", "\ude00\ud83d"],
  ];
  test.each(rows)("%s", (_name, userId) => {
    expect(() => deriveUserKey("default", userId)).toThrow(expect.objectContaining({ code: "invalid_user_id" }));
  });

  test("by every call that takes a user id", async () => {
    const sessions = new SessionManager({ store: new MemorySessionStore() });
    const refused = expect.objectContaining({ code: "invalid_user_id" });
    await expect(sessions.begin("")).rejects.toThrow(refused);
    await expect(sessions.list("")).rejects.toThrow(refused);
    await expect(sessions.revoke("", "AAAAAAAAAAAA")).rejects.toThrow(refused);
    await expect(sessions.revokeAll("")).rejects.toThrow(refused);
  });
});

test("two namespaces on one store share neither sessions nor revocations", async () => {
  const store = new MemorySessionStore();
  const north = new SessionManager({ store, namespace: "north" });
  const south = new SessionManager({ store, namespace: "south" });
  const { token } = await logIn(north);
  const southern = await logIn(south);

  expect(await south.list("ada")).toHaveLength(1);
  expect(await south.revoke("ada", token.slice(20, 32))).toBe(false);
  expect(await south.revokeAll("ada")).toBe(1);
  expect((await north.authenticate(token)).status).toBe("authenticated");
  expect((await south.authenticate(southern.token)).status).toBe("unauthenticated");
});
