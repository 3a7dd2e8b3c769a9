import { inspect } from "node:util";
import { SessionManager } from "coatcheck";
import type { Authentication, SessionToken } from "coatcheck/adapter";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/session-token.ts";
import { deriveUserKey } from "../../src/core/user-key.ts";
import { logIn, present, reauthenticate, startSessions, USER_ID, verdictOn } from "./support/sessions-under-test.ts";

/** Everything that opens something or helps to: the token, its secret parts, their digests, and the key for CSRF. */
async function secretsOf(token: SessionToken, store: MemorySessionStore): Promise<readonly string[]> {
  const secretParts = [token, token.slice(32), token.slice(32, 44), token.slice(44)];
  const [record] = await store.listByUser(token.slice(0, 20));
  if (record === undefined) throw new Error("The session is not in the store.");
  return [...secretParts, ...secretParts.map(digestOf), record.csrfKey, record.userKey];
}

/** What a structured logger such as pino writes of an object that is passed to it: one line of JSON. */
function asLogged(value: object): string {
  return JSON.stringify({ level: 30, time: 0, ...value, request: { session: value } });
}

function allPropertiesOf(value: object): string {
  const texts: string[] = [];
  for (let owner: object | null = value; owner !== null; owner = Object.getPrototypeOf(owner)) {
    for (const key of Reflect.ownKeys(owner)) {
      texts.push(`${String(key)}: ${inspect(Reflect.get(owner, key, value), { depth: 5, showHidden: true })}`);
    }
  }
  return texts.join("\n");
}

describe("an authentication shows no secret", () => {
  const rows: readonly (readonly [name: string, show: (authentication: Authentication) => string])[] = [
    ["as JSON", (authentication) => JSON.stringify(authentication)],
    ["in a log line", asLogged],
    ["printed with everything hidden", (authentication) => inspect(authentication, { depth: null, showHidden: true })],
    ["printed with getters and proxies", (shown) => inspect(shown, { depth: null, getters: true, showProxy: true })],
    ["as a string", (authentication) => `${authentication} ${String(authentication)}`],
    ["cloned", (authentication) => inspect(structuredClone(authentication), { depth: null, showHidden: true })],
    ["spread", (authentication) => inspect({ ...authentication }, { depth: null, showHidden: true })],
    ["by any of its properties", allPropertiesOf],
    [
      "in an error's cause",
      (authentication) => inspect(new Error("failed", { cause: authentication }), { depth: null }),
    ],
  ];
  test.each(rows)("%s", async (_name, show) => {
    const store = new MemorySessionStore();
    const sessions = new SessionManager({ store });
    const { token, authentication } = await logIn(sessions);
    const shown = [show(authentication), show(await present(sessions, token))];
    for (const text of shown) {
      // The public part is there, so the text is not empty for another reason, and nothing else is.
      if (!text.startsWith("[object")) expect(text).toContain(token.slice(20, 32));
      for (const secret of await secretsOf(token, store)) expect(text).not.toContain(secret);
    }
  });
});

test("a listed session shows no secret", async () => {
  const store = new MemorySessionStore();
  const sessions = new SessionManager({ store });
  const { token } = await logIn(sessions);
  const shown = JSON.stringify(await sessions.list(USER_ID));
  expect(shown).toContain(token.slice(20, 32));
  for (const secret of await secretsOf(token, store)) expect(shown).not.toContain(secret);
});

describe("a dump of the store opens nothing", () => {
  /** All that the store holds of a session with a current, a pending and a replaced secret, and the tokens of those. */
  async function dump() {
    const { sessions, clock, store } = startSessions();
    const { token: replaced } = await logIn(sessions);
    const current = (await reauthenticate(sessions, replaced)).token;
    await present(sessions, current);
    clock.advanceSeconds(1);
    const pending = (await reauthenticate(sessions, current)).token;
    const records = await store.listByUser(deriveUserKey("default", USER_ID));
    return { sessions, records, tokens: [replaced, current, pending] };
  }

  test("it holds neither a token nor the secret part of one", async () => {
    const { records, tokens } = await dump();
    const text = inspect(records, { depth: null, maxStringLength: null, showHidden: true });
    expect(text).toContain(tokens[0]?.slice(20, 32));
    for (const token of tokens) {
      for (const secret of [token, token.slice(32), token.slice(32, 44), token.slice(44)]) {
        expect(text).not.toContain(secret);
      }
    }
  });

  test("none of its values, alone or fitted into a token, is worth anything as a cookie", async () => {
    const { sessions, records, tokens } = await dump();
    const values = new Set(inspect(records, { depth: null, maxStringLength: null }).match(/[\w-]{10,}/g));
    expect(values.size).toBeGreaterThan(6);
    const reference = tokens[0]?.slice(0, 32) ?? "";
    for (const value of values) {
      const fitted = [value, reference + value, value.padEnd(64, "A"), (reference + value).padEnd(64, "A")];
      for (const forged of [...fitted, (reference + value + value).slice(0, 64), (reference + value).slice(0, 64)]) {
        expect(["malformed", "unknown"]).toContain(await verdictOn(sessions, forged));
      }
    }
    for (const token of tokens) expect(await verdictOn(sessions, token)).toBe("authenticated");
  });
});
