import { expect, test, vi } from "vitest";
import { SessionManager } from "../../src/core/session-manager.ts";
import { MemorySessionStore } from "../../src/stores/memory.ts";
import { ManualClock } from "../../src/testing/manual-clock.ts";

const A_DAY_AND_AN_HOUR = 90_000;

function open() {
  const clock = new ManualClock();
  const sessions = new SessionManager({ store: new MemorySessionStore({ clock }), clock });
  async function logIn(options: { readonly remember?: boolean; readonly cause?: object } = {}) {
    const login = await sessions.login(await sessions.begin("ada"), options);
    if (login.outcome !== "logged_in") throw new Error(login.outcome);
    return login;
  }
  return { clock, sessions, logIn };
}

test.each([
  ["logged_in", async ({ logIn }, cause) => void (await logIn({ cause }))],
  ["logged_out", async ({ sessions, logIn }, cause) => sessions.logout((await logIn()).authentication, { cause })],
  [
    "reauthenticated",
    async ({ sessions, logIn }, cause) =>
      void (await sessions.reauthenticate((await logIn()).authentication, { cause })),
  ],
  [
    "revoked",
    async ({ sessions, logIn }, cause) => {
      const { session } = (await logIn()).authentication;
      await sessions.revoke("ada", session.id, "revoked", { cause });
    },
  ],
  [
    "revoked",
    async ({ sessions, logIn }, cause) => {
      await logIn();
      await sessions.revokeOthers((await logIn()).authentication, "revoked", { cause });
    },
  ],
  [
    "revoked",
    async ({ sessions, logIn }, cause) => {
      await logIn();
      await sessions.revokeAll("ada", "revoked", { cause });
    },
  ],
  [
    "rotated",
    async ({ clock, sessions, logIn }, cause) => {
      const { token } = await logIn({ remember: true });
      clock.advanceSeconds(A_DAY_AND_AN_HOUR);
      const held = await sessions.authenticate(token);
      if (held.status === "authenticated") await sessions.rotate(held, { cause });
    },
  ],
  [
    "token_reused",
    async ({ clock, sessions, logIn }, cause) => {
      const { token } = await logIn({ remember: true });
      clock.advanceSeconds(A_DAY_AND_AN_HOUR);
      const held = await sessions.authenticate(token);
      if (held.status !== "authenticated") throw new Error(held.reason);
      await sessions.authenticate((await sessions.rotate(held)) ?? "");
      clock.advanceSeconds(600);
      await sessions.authenticate(token, { cause });
    },
  ],
] as const satisfies readonly (readonly [string, (opened: ReturnType<typeof open>, cause: object) => Promise<void>])[])(
  "a listener to %s is told what the call was for",
  async (name, call) => {
    const opened = open();
    const cause = { request: "of a user" };
    const causes = vi.fn();
    opened.sessions.events.on(name, (_event, told) => causes(told));
    await call(opened, cause);
    expect(causes.mock.lastCall?.[0]).toBe(cause);
  },
);

test("nothing is told where nothing was said", async () => {
  const { sessions, logIn } = open();
  const causes = vi.fn();
  sessions.events.on("logged_in", (_event, cause) => causes(cause));
  await logIn();
  expect(causes.mock.calls).toEqual([[null]]);
});
