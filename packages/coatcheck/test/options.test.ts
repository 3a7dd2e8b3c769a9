import { SessionManager, standardPolicy, strictPolicy } from "coatcheck";
import { LoginManager, RequestGuard, type RequestGuardOptions, type SessionManagerOptions } from "coatcheck/adapter";
import { RemotePublicKeys } from "coatcheck/keys";
import { coatcheck } from "coatcheck/node";
import { PassIssuer, PassVerifier, RemoteRevocations } from "coatcheck/passes";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { NearCacheSessionStore } from "coatcheck/stores/near-cache";
import { PostgresSessionStore } from "coatcheck/stores/postgres";
import { RedisSessionStore } from "coatcheck/stores/redis";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import { describe, expect, test } from "vitest";

const store = new MemorySessionStore();
const sessions = new SessionManager({ store });
const guard = new RequestGuard({ sessions, origin: "https://shop.example" });
const logins = new LoginManager({ guard, findUser: () => null });
const keys = { find: async () => null };
const { lifetime } = standardPolicy;

const guardWith = (given: object) => new RequestGuard({ sessions, origin: "https://shop.example", ...given });
const managerWith = (given: object) => new SessionManager({ store, ...given } as SessionManagerOptions);
const loginsWith = (given: object) => new LoginManager({ guard, findUser: () => null, ...given });
const doorWith = (given: object) =>
  coatcheck({ sessions, origin: "https://shop.example", findUser: () => null, ...given });
const policyWith = (given: object) => managerWith({ policy: { ...standardPolicy, ...given } });

/** As JavaScript takes it, or what was read from the environment or a file. */
const refusedAtOnce: readonly (readonly [name: string, make: () => unknown])[] = [
  ["a guard that was to refuse requests without headers", () => guardWith({ headerlessRequests: "refused" })],
  ["a guard that was to refuse them, by true", () => guardWith({ headerlessRequests: true })],
  ["a guard that was to refuse other origins always", () => guardWith({ crossOriginRequests: "refuse-always" })],
  ["a guard that was to keep no addresses", () => guardWith({ addressPrecision: false })],
  [
    "a guard that was told not to allow plain http, in text",
    () => {
      const options = { sessions, origin: "http://shop.example", dangerouslyAllowInsecureOrigin: "false" };
      return new RequestGuard(options as unknown as RequestGuardOptions);
    },
  ],
  ["headers to expose that are no list", () => guardWith({ exposedHeaders: "x-total" })],
  ["a strict policy under a name that there is not", () => managerWith({ polcy: strictPolicy })],
  ["a namespace that is a number", () => managerWith({ namespace: 5 })],
  ["a namespace that is null", () => managerWith({ namespace: null })],
  ["a clock that is a function", () => managerWith({ clock: Date.now })],
  ["a store that is not awaited", () => managerWith({ store: Promise.resolve(store) })],
  ["a policy with a limit that there is not", () => policyWith({ idleTimeoutSeconds: 60 })],
  ["a lifetime with a limit that there is not", () => policyWith({ lifetime: { ...lifetime, idleTimeout: 60 } })],
  [
    "a cookie that was to end with the browser, in text",
    () => policyWith({ lifetime: { ...lifetime, persistentCookie: "false" } }),
  ],
  ["remembering that is left undefined", () => policyWith({ rememberedLifetime: undefined })],
  ["users who are active by true", () => loginsWith({ isActive: true })],
  ["a step-up under a name that there is not", () => logins.validateStepUp({ withinSecond: 5 } as object)],
  ["a step-up in text", () => logins.validateStepUp({ withinSeconds: "60" } as object)],
  ["a view under a name that there is not", () => doorWith({ loginview: "/login" })],
  ["a store in memory by a clock misspelt", () => new MemorySessionStore({ clok: { now: () => 0 } } as object)],
  ["a bound under a name that there is not", () => new NearCacheSessionStore({ store, maxStaleness: 10 } as never)],
  ["settling in text", () => new NearCacheSessionStore({ store, settle: "false" } as never)],
  [
    "revocations under a name that there is not",
    () => new PassVerifier({ issuer: "https://a.example", audience: "b", keys, revocation: {} } as never),
  ],
  [
    "keys over plain http, not allowed in text",
    () => new RemotePublicKeys({ url: "http://a.example/keys", dangerouslyAllowInsecureUrl: "false" } as never),
  ],
  [
    "revocations by an interval that there is not",
    () => new RemoteRevocations({ url: "https://a.example/r", issuer: "https://a.example", keys, poll: 1 } as never),
  ],
  ["an issuer by a clock misspelt", () => new PassIssuer({ issuer: "https://a.example", keys, clok: {} } as never)],
];

const refusedWhenOpened: readonly (readonly [name: string, open: () => Promise<unknown>])[] = [
  ["a Redis that was to be refused for evicting", () => RedisSessionStore.open({ whenEvicting: "refsue" } as never)],
  ["a prefix under a name that there is not", () => RedisSessionStore.open({ keyPrefix: "shop:" } as never)],
  ["a prefix that is a number", () => RedisSessionStore.open({ prefix: 5 } as never)],
  [
    "a Postgres schema under a name that there is not",
    () => PostgresSessionStore.open({ connectListener: () => {}, schemaName: "shop" } as never),
  ],
  ["a SQLite deadline misspelt", () => SqliteSessionStore.open({ deadline: 5 } as never)],
];

describe("an option that was meant to be stricter is never silently weaker", () => {
  test.each(refusedAtOnce)("%s", (_name, make) => {
    expect(make).toThrow(expect.objectContaining({ code: "invalid_configuration" }));
  });

  test.each(refusedWhenOpened)("%s", async (_name, open) => {
    await expect(open()).rejects.toMatchObject({ code: "invalid_configuration" });
  });

  test("what is left undefined is as if it were not there", () => {
    guardWith({ headerlessRequests: undefined, dangerouslyAllowInsecureOrigin: undefined, site: undefined });
    managerWith({ namespace: undefined, policy: undefined, clock: undefined, events: undefined });
    loginsWith({ isActive: undefined, isSameClient: undefined, findRequestUser: undefined });
  });
});
