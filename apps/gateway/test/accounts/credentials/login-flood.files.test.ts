import * as argon2 from "@node-rs/argon2";
import { describe, expect, test } from "vitest";
import { cheapCost, goodPassword, openTestGateway, otherPassword } from "../support/test-accounts.ts";

const ADDRESSES = 500;

type TestGateway = Awaited<ReturnType<typeof openTestGateway>>;

interface Given {
  readonly email: string;
  readonly password: string;
  readonly address: string;
  readonly deviceToken: string | null;
}

/** The steps of a login, up to the session. */
async function logIn({ authenticator, sessions }: TestGateway, { email, ...given }: Given) {
  await authenticator.askForRoom(email, given.deviceToken);
  const claimant = await authenticator.lookUp(email);
  await sessions.begin(claimant.userId);
  return authenticator.checkLogin(claimant, given);
}

/** Logins from many addresses, of accounts that do not exist, none of which has been checked yet. */
async function openFlooded() {
  const endings: (() => void)[] = [];
  let isFlood = false;
  let isOver = false;
  const gateway = await openTestGateway({
    concurrency: 1,
    cost: cheapCost,
    argon2: {
      hash: argon2.hash,
      async verify(hash, password) {
        if (isFlood && !isOver) await new Promise<void>((resolve) => endings.push(resolve));
        return argon2.verify(hash, password);
      },
    },
  });
  const ada = await gateway.addUser("ada@example.com");
  const deviceToken = await gateway.devices.issue(ada.id);
  const calls = { reserve: 0, giveBack: 0, findByEmail: 0, findCredential: 0 };
  watch(gateway.throttle, "reserve", calls);
  watch(gateway.throttle, "giveBack", calls);
  watch(gateway.accounts, "findByEmail", calls);
  watch(gateway.accounts, "findCredential", calls);
  isFlood = true;
  const flood = Array.from({ length: ADDRESSES }, (_, index) => {
    const email = `user-${index}@example.com`;
    return logIn(gateway, {
      email,
      password: otherPassword,
      address: `198.51.${Math.floor(index / 250)}.${index % 250}`,
      deviceToken: null,
    });
  });
  const settled = Promise.allSettled(flood);
  // Until one is being checked, all that find room wait in the queue, and the others were refused.
  await expect.poll(() => endings.length).toBe(1);
  await expect.poll(() => gateway.hasher.isFullFor("stranger")).toBe(true);
  const endOne = () => endings.shift()?.();
  const endAll = () => {
    isOver = true;
    for (const end of endings.splice(0)) end();
    return settled;
  };
  return { gateway, ada, deviceToken, calls, endings, endOne, endAll };
}

function watch<Target extends object>(
  target: Target,
  name: keyof Target & string,
  calls: Record<string, number>,
): void {
  const method = target[name];
  if (typeof method !== "function") throw new TypeError(name);
  Object.defineProperty(target, name, {
    value: (...given: unknown[]) => {
      calls[name] = (calls[name] ?? 0) + 1;
      return Reflect.apply(method, target, given);
    },
  });
}

describe("in a flood of logins from five hundred addresses", () => {
  test("hashes take the memory of so many as are allowed, and sessions are served meanwhile", async () => {
    const { gateway, ada, endings, endAll } = await openFlooded();
    const { token } = await gateway.logIn(ada);
    for (let request = 0; request < 50; request++) {
      expect((await gateway.sessions.authenticate(token)).status).toBe("authenticated");
    }
    // None of the flood has been answered by now: all of that was done while it waits.
    expect(endings).toHaveLength(1);
    await endAll();
  });

  test("the owner gets in from a known device, after the one hash that is under way", async () => {
    const { gateway, ada, deviceToken, calls, endings, endOne, endAll } = await openFlooded();
    const given = { email: ada.email, password: goodPassword, address: "203.0.113.1", deviceToken };
    const before = calls.findCredential;
    const owner = logIn(gateway, given);
    await expect.poll(() => calls.findCredential).toBe(before + 1);
    await new Promise(setImmediate);
    // Of the two hashes that end, one is the stranger's that was under way. The other can only be the owner's.
    endOne();
    await expect.poll(() => endings.length).toBe(1);
    endOne();
    expect(await owner).toMatchObject({ outcome: "verified" });
    await endAll();
  });

  test("a stranger without room is refused before anything is read, counted or hashed", async () => {
    const { gateway, ada, calls, endAll } = await openFlooded();
    const before = { ...calls };
    const given = { email: ada.email, password: goodPassword, address: "203.0.113.2", deviceToken: null };
    for (let attempt = 0; attempt < 50; attempt++) {
      await expect(logIn(gateway, given)).rejects.toMatchObject({ code: "overloaded" });
    }
    expect(calls).toEqual(before);
    await endAll();
  });

  test("what was refused for want of room has written nothing at all", async () => {
    const { calls, endAll } = await openFlooded();
    const results = await endAll();
    const shed = results.filter(({ status }) => status === "rejected");
    expect(shed.length).toBeGreaterThan(100);
    // Each attempt that was counted was checked: none was counted and given back.
    expect(calls).toMatchObject({ reserve: ADDRESSES - shed.length, giveBack: 0 });
  });

  test("a device cookie that is made up, or another account's, opens no place", async () => {
    const { gateway, ada, endAll } = await openFlooded();
    const eves = await gateway.devices.issue(ada.id);
    for (const [email, deviceToken] of [
      [ada.email, "A".repeat(43)],
      ["bob@example.com", eves],
    ] as const) {
      const given = { email, password: goodPassword, address: "203.0.113.3", deviceToken };
      await expect(logIn(gateway, given)).rejects.toMatchObject({ code: "overloaded" });
    }
    await endAll();
  });
});
