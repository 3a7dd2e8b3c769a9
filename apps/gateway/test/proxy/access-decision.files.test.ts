import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { AccessDecision, AskedAccess } from "../../src/proxy/access-decision.ts";
import { openAccounts } from "../../src/storage/accounts/open-accounts.ts";
import {
  openTestAccounts,
  openTestGateway,
  otherPassword,
  temporaryFolder,
} from "../accounts/support/test-accounts.ts";
import { openTestDecider } from "../support/test-decider.ts";
import { openTestDoor } from "../support/test-doors.ts";

const ORIGIN = "http://localhost:8080";
const SERVICE = "http://service.example";
const LOGIN: AskedAccess = { kind: "login" };

/** Accounts in a file, another process beside, and a user who is logged in. */
async function openDecider() {
  const path = join(temporaryFolder(), "accounts.sqlite");
  const gateway = await openTestGateway({}, await openTestAccounts(path));
  const { clock, sessions, accounts, access: store } = gateway;
  const decider = await openTestDecider({ origin: ORIGIN, store, clock });
  const { serviceAuth } = openTestDoor({ sessions, accounts, origin: ORIGIN }).door;
  const ada = await gateway.addUser("ada@example.com");
  const { token, authentication } = await gateway.logIn(ada);
  const ask = (asked = LOGIN, audience = SERVICE) => {
    const headers = new Headers({ cookie: `${serviceAuth.guard.cookie.name}=${token}` });
    const auth = serviceAuth.admit({ method: "GET", headers });
    if (!auth.ok) throw new Error(auth.code);
    return decider.decide(auth, asked, audience);
  };
  const openBeside = async () => {
    const beside = await openAccounts({ path, purpose: "gateway", clock });
    onTestFinished(() => beside.close());
    return beside;
  };
  return { ...gateway, ask, ada, session: authentication.session, openBeside };
}

function tokenOf(decision: AccessDecision): string | null {
  return decision.outcome === "granted" ? decision.identity.token : null;
}

test("is there at once, with the same token, once a token was signed and nothing has changed", async () => {
  const { ask, clock } = await openDecider();
  const first = tokenOf(await ask());
  const second = ask();
  expect(second).not.toBeInstanceOf(Promise);
  expect(tokenOf(await second)).toBe(first);

  const elsewhere = tokenOf(await ask(LOGIN, "http://other.example"));
  expect(elsewhere).not.toBe(first);
  expect(tokenOf(await ask())).toBe(first);
  clock.advanceSeconds(31);
  expect(tokenOf(await ask())).not.toBe(first);
});

describe("is no for the very next request, whatever token was handed out a moment ago, after", () => {
  const endings: readonly [string, (open: Awaited<ReturnType<typeof openDecider>>) => Promise<unknown>][] = [
    ["a logout elsewhere", ({ sessions, session }) => sessions.revoke(session.userId, session.id)],
    ["the end of all sessions", ({ sessions, ada }) => sessions.revokeAll(ada.id)],
    ["a ban", ({ changes, ada }) => changes.disable(ada)],
    [
      "a ban by another process, whose end of the sessions is still to come",
      async ({ openBeside, ada }) => {
        await (await openBeside()).accounts.disable(ada.id);
      },
    ],
    [
      "a new password by another process, whose end of the sessions is still to come",
      async (open) => {
        await (await open.openBeside()).accounts.changePassword(
          open.ada.id,
          null,
          await open.hasher.hash(otherPassword),
        );
      },
    ],
  ];
  test.each(endings)("%s", async (_name, end) => {
    const open = await openDecider();
    await open.ask();
    expect(open.ask()).toMatchObject({ outcome: "granted" });
    await end(open);
    expect(await open.ask()).toMatchObject({ outcome: "refused", code: "unauthenticated" });
  });
});

test("is by the roles of this moment, and so is the token, whichever process changed them", async () => {
  const { ask, ada, accounts, openBeside } = await openDecider();
  const staff: AskedAccess = { kind: "role", role: "staff" };
  const before = tokenOf(await ask());
  expect(await ask(staff)).toMatchObject({ outcome: "refused", code: "forbidden" });

  await (await openBeside()).accounts.describe(ada.id, { roles: ["staff"] });
  const asStaff = await ask(staff);
  expect(asStaff).toMatchObject({ outcome: "granted", identity: { roles: ["staff"] } });
  expect(tokenOf(asStaff)).not.toBe(before);

  await accounts.describe(ada.id, { roles: [] });
  expect(await ask(staff)).toMatchObject({ outcome: "refused", code: "forbidden" });
  expect(tokenOf(await ask())).not.toBe(tokenOf(asStaff));
});

test("is no where a fresh login is asked for and the login is not", async () => {
  const { ask, clock } = await openDecider();
  expect(await ask({ kind: "fresh_login" })).toMatchObject({ outcome: "granted" });
  clock.advanceSeconds(1_000);
  expect(await ask({ kind: "fresh_login" })).toMatchObject({ outcome: "refused", code: "reauthentication_required" });
  expect(await ask()).toMatchObject({ outcome: "granted" });
});
