import * as argon2 from "@node-rs/argon2";
import { describe, expect, onTestFinished, test } from "vitest";
import type { LoginCheck } from "../../../src/accounts/credentials/password-authenticator.ts";
import type { Argon2 } from "../../../src/accounts/passwords/password-hasher.ts";
import { cheapCost, goodPassword, openTestGateway, otherPassword } from "../support/test-accounts.ts";

const home = "192.0.2.1";

type TestGateway = Awaited<ReturnType<typeof openTestGateway>>;

/** The three steps of a login, up to the session. */
async function check(
  { authenticator, sessions }: TestGateway,
  given: { email?: string; password?: string; address?: string; deviceToken?: string | null },
): Promise<LoginCheck> {
  const { email = "ada@example.com", password = goodPassword, address = home, deviceToken = null } = given;
  const claimant = await authenticator.lookUp(email);
  await sessions.begin(claimant.userId);
  return authenticator.checkLogin(claimant, { password, address, deviceToken });
}

/** Real hashes, counted. */
function watchedArgon2() {
  const verified: string[] = [];
  const watched: Argon2 = {
    hash: argon2.hash,
    verify(hash, password) {
      verified.push(hash);
      return argon2.verify(hash, password);
    },
  };
  return { watched, verified };
}

test("the right password is verified, however the address is spelled", async () => {
  const gateway = await openTestGateway();
  const ada = await gateway.addUser("ada@example.com");
  for (const email of ["ada@example.com", " ADA@Example.COM "]) {
    expect(await check(gateway, { email })).toEqual({ outcome: "verified", account: ada, deviceTokenDue: true });
  }
});

describe("one answer, and the same work, for every cause", () => {
  test.each([
    { cause: "an unknown address", given: { email: "nobody@example.com" } },
    { cause: "what is no address", given: { email: "nobody" } },
    { cause: "a wrong password", given: { password: otherPassword } },
    { cause: "a password that none can be", given: { password: "x".repeat(2_000) } },
    { cause: "a disabled account", given: { email: "disabled@example.com" } },
    {
      cause: "a disabled account and a wrong password",
      given: { email: "disabled@example.com", password: otherPassword },
    },
  ])("$cause", async ({ given }) => {
    const { watched, verified } = watchedArgon2();
    const gateway = await openTestGateway({ argon2: watched });
    await gateway.addUser("ada@example.com");
    await gateway.accounts.disable((await gateway.addUser("disabled@example.com")).id);
    const statements = watchStatements(gateway);
    verified.length = 0;
    expect(await check(gateway, given)).toEqual({ outcome: "invalid" });
    expect(verified).toHaveLength(1);
    // Of equal cost: unknown accounts are checked against a decoy with the parameters of today.
    expect(verified[0]?.split("$").slice(0, 4)).toEqual(["", "argon2id", "v=19", "m=8,t=1,p=1"]);
    expect(statements).toEqual(["findPendingRevocation", "recognise", "reserve", "findCredential", "fail"]);
  });

  test("a throttled login asks for the same, whether there is such an account or not, and costs no hash", async () => {
    const { watched, verified } = watchedArgon2();
    const gateway = await openTestGateway({ argon2: watched });
    await gateway.addUser("ada@example.com");
    await gateway.accounts.disable((await gateway.addUser("disabled@example.com")).id);
    const asked: string[] = [];
    const statements = watchStatements(gateway);
    for (const email of ["ada@example.com", "nobody@example.com", "disabled@example.com"]) {
      const address = `192.0.2.${asked.length + 10}`;
      for (let guess = 0; guess < 5; guess++) await check(gateway, { email, password: otherPassword, address });
      statements.length = 0;
      verified.length = 0;
      expect(await check(gateway, { email, address })).toMatchObject({ outcome: "throttled", retryAfterSeconds: 2 });
      expect(verified).toEqual([]);
      asked.push(statements.join());
    }
    expect(asked).toEqual(Array(3).fill("findPendingRevocation,recognise,reserve"));
  });

  test("an account that strangers have closed is asked about alike, whether there is such an account or not", async () => {
    const gateway = await openTestGateway();
    await gateway.addUser("ada@example.com");
    const listed: string[] = [];
    const { list } = gateway.sessions;
    Object.defineProperty(gateway.sessions, "list", {
      value: (userId: string) => {
        listed.push(userId);
        return list.call(gateway.sessions, userId);
      },
    });
    for (const email of ["ada@example.com", "nobody@example.com"]) {
      for (let address = 0; address < 50; address++) {
        await check(gateway, { email, password: otherPassword, address: `198.51.100.${address}` });
      }
      listed.length = 0;
      expect(await check(gateway, { email })).toMatchObject({ outcome: "throttled", limit: "account" });
      expect(listed).toHaveLength(1);
    }
  });

  /** What a login asks of the database after the look-up by address, in order. */
  function watchStatements({ accounts, devices, throttle }: TestGateway): string[] {
    const calls: string[] = [];
    const watch = <Target extends object>(target: Target, name: keyof Target & string): void => {
      const method = target[name];
      if (typeof method !== "function") throw new TypeError(name);
      Object.defineProperty(target, name, {
        value: (...given: unknown[]) => {
          calls.push(name);
          return Reflect.apply(method, target, given);
        },
      });
    };
    watch(accounts, "findPendingRevocation");
    watch(accounts, "findCredential");
    watch(devices, "recognise");
    watch(throttle, "reserve");
    watch(throttle, "succeed");
    watch(throttle, "fail");
    return calls;
  }

  test("an unknown address leads to an id like any other, a different one each time", async () => {
    const { authenticator } = await openTestGateway();
    const [first, second] = [await authenticator.lookUp("a@example.com"), await authenticator.lookUp("a@example.com")];
    expect(first.userId).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(first.userId).not.toBe(second.userId);
  });
});

describe("guessing", () => {
  test("of 200 wrong passwords at once only the five free ones are checked", async () => {
    const { watched, verified } = watchedArgon2();
    const gateway = await openTestGateway({ argon2: watched });
    await gateway.addUser("ada@example.com");
    verified.length = 0;
    const results = await Promise.all(Array.from({ length: 200 }, () => check(gateway, { password: otherPassword })));
    expect(verified).toHaveLength(5);
    expect(results.filter(({ outcome }) => outcome === "throttled")).toHaveLength(195);
  });

  test("that is throttled does not get to hear that it was right", async () => {
    const gateway = await openTestGateway();
    await gateway.addUser("ada@example.com");
    for (let guess = 0; guess < 5; guess++) await check(gateway, { password: otherPassword });
    expect(await check(gateway, {})).toMatchObject({ outcome: "throttled", retryAfterSeconds: 2 });
    gateway.clock.advanceSeconds(2);
    expect((await check(gateway, {})).outcome).toBe("verified");
  });

  test("starts anew after a login: who mistypes now and then is never told to wait", async () => {
    const gateway = await openTestGateway();
    await gateway.addUser("ada@example.com");
    for (let day = 0; day < 5; day++) {
      for (let mistake = 0; mistake < 4; mistake++) {
        expect((await check(gateway, { password: otherPassword })).outcome).toBe("invalid");
      }
      expect((await check(gateway, {})).outcome).toBe("verified");
      gateway.clock.advanceSeconds(86_400);
    }
  });

  test("at a disabled account with the right password is counted like any other", async () => {
    const gateway = await openTestGateway();
    await gateway.accounts.disable((await gateway.addUser("ada@example.com")).id);
    const outcomes = [];
    for (let guess = 0; guess < 6; guess++) outcomes.push((await check(gateway, {})).outcome);
    expect(outcomes).toEqual([...Array(5).fill("invalid"), "throttled"]);
  });

  test("cannot shut the owner out of a device that is known", async () => {
    const gateway = await openTestGateway();
    const ada = await gateway.addUser("ada@example.com");
    const deviceToken = await gateway.devices.issue(ada.id);
    for (let guess = 0; guess < 200; guess++) {
      await check(gateway, { password: otherPassword, address: `198.51.100.${guess}` });
      await check(gateway, { password: otherPassword, address: home });
    }
    expect((await check(gateway, {})).outcome).toBe("throttled");
    expect(await check(gateway, { deviceToken })).toEqual({ outcome: "verified", account: ada, deviceTokenDue: false });
  });

  test("gains nothing from a forged device, nor from a device of one's own", async () => {
    const gateway = await openTestGateway();
    await gateway.addUser("ada@example.com");
    const eves = await gateway.devices.issue((await gateway.addUser("eve@example.com")).id);
    const outcomes = [];
    for (const deviceToken of ["A".repeat(43), eves, "B".repeat(43), eves, null, eves]) {
      outcomes.push((await check(gateway, { password: otherPassword, deviceToken })).outcome);
    }
    expect(outcomes).toEqual([...Array(5).fill("invalid"), "throttled"]);
  });

  test("on a copied device does not shut the owner out, whose next login makes the copy worthless", async () => {
    const gateway = await openTestGateway();
    const ada = await gateway.addUser("ada@example.com");
    const copied = await gateway.devices.issue(ada.id);
    const outcomes = [];
    for (let guess = 0; guess < 11; guess++) {
      const given = { password: otherPassword, deviceToken: copied, address: "203.0.113.66" };
      outcomes.push((await check(gateway, given)).outcome);
    }
    expect(outcomes).toEqual([...Array(10).fill("invalid"), "throttled"]);
    expect(await check(gateway, { deviceToken: copied })).toMatchObject({ outcome: "verified", deviceTokenDue: true });
    const next = await gateway.devices.issue(ada.id, copied);
    expect(await gateway.devices.recognise(ada.id, copied)).toBeNull();
    expect(await check(gateway, { deviceToken: next })).toMatchObject({ outcome: "verified", deviceTokenDue: false });
  });
});

describe("right passwords, many at once", () => {
  test("from one address are all verified, also after a mistake", async () => {
    const gateway = await openTestGateway();
    await gateway.addUser("ada@example.com");
    await check(gateway, { password: otherPassword });
    const results = await Promise.all(Array.from({ length: 20 }, () => check(gateway, {})));
    expect(results.map(({ outcome }) => outcome)).toEqual(Array(20).fill("verified"));
  });

  test("from one known device leave it known", async () => {
    const gateway = await openTestGateway();
    const ada = await gateway.addUser("ada@example.com");
    const deviceToken = await gateway.devices.issue(ada.id);
    const results = await Promise.all(Array.from({ length: 20 }, () => check(gateway, { deviceToken })));
    for (const result of results) expect(result).toMatchObject({ outcome: "verified", deviceTokenDue: false });
  });
});

describe("while four passwords from one address are being checked", () => {
  /** A gateway on which four such checks are under way, and stay so until they are let go. */
  async function openWithFourUnderWay() {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let isHolding = false;
    let started = 0;
    const { watched } = watchedArgon2();
    const gateway = await openTestGateway({
      concurrency: 10,
      argon2: {
        hash: watched.hash,
        async verify(hash, password) {
          started++;
          if (isHolding) await held;
          return watched.verify(hash, password);
        },
      },
    });
    const ada = await gateway.addUser("ada@example.com");
    isHolding = true;
    const underWay = Array.from({ length: 4 }, () => check(gateway, { password: otherPassword }));
    await expect.poll(() => started).toBe(4);
    isHolding = false;
    onTestFinished(async () => {
      letGo();
      await Promise.all(underWay);
    });
    return { gateway, ada, underWay, letGo, startedChecks: () => started };
  }

  test("a fifth waits until one of them is done", async () => {
    const { gateway, underWay, letGo, startedChecks } = await openWithFourUnderWay();
    const fifth = check(gateway, {});
    await check(gateway, { address: "192.0.2.2" });
    expect(startedChecks()).toBe(5);
    letGo();
    await Promise.all(underWay);
    expect((await fifth).outcome).toBe("verified");
  });

  test("another address, and a known device at the same one, do not wait", async () => {
    const { gateway, ada } = await openWithFourUnderWay();
    const deviceToken = await gateway.devices.issue(ada.id);
    expect((await check(gateway, { address: "192.0.2.2" })).outcome).toBe("verified");
    expect((await check(gateway, { deviceToken })).outcome).toBe("verified");
  });

  test("a hundred wait, and more are told to come back", async () => {
    const { gateway, underWay, letGo } = await openWithFourUnderWay();
    const waiting = Array.from({ length: 100 }, () => check(gateway, { password: otherPassword }));
    expect(await check(gateway, {})).toMatchObject({ outcome: "throttled", retryAfterSeconds: 2 });
    letGo();
    const outcomes = (await Promise.all([...underWay, ...waiting])).map(({ outcome }) => outcome);
    expect(outcomes).toEqual([...Array(5).fill("invalid"), ...Array(99).fill("throttled")]);
  });
});

describe("faults are not failures", () => {
  test("a login that found no capacity is a fault with a code, and is not counted", async () => {
    const gateway = await openTestGateway({ concurrency: 1, maximumWaiting: 0 });
    await gateway.addUser("ada@example.com");
    for (let round = 0; round < 10; round++) {
      const busy = gateway.hasher.verify(otherPassword, null);
      await expect(check(gateway, {})).rejects.toMatchObject({ code: "overloaded" });
      await busy;
    }
    const wrong = [];
    for (let guess = 0; guess < 6; guess++) wrong.push((await check(gateway, { password: otherPassword })).outcome);
    expect(wrong).toEqual([...Array(5).fill("invalid"), "throttled"]);
  });

  test("a database that is down is a fault with a code", async () => {
    const gateway = await openTestGateway();
    await gateway.addUser("ada@example.com");
    const claimant = await gateway.authenticator.lookUp("ada@example.com");
    gateway.close();
    const given = { password: goodPassword, address: home, deviceToken: null };
    await expect(gateway.authenticator.checkLogin(claimant, given)).rejects.toMatchObject({
      code: "accounts_unavailable",
    });
    await expect(gateway.authenticator.lookUp("ada@example.com")).rejects.toMatchObject({
      code: "accounts_unavailable",
    });
  });
});

test("the account is read after the login was begun: one that was disabled in between is refused", async () => {
  const { accounts, authenticator, sessions, addUser } = await openTestGateway();
  const ada = await addUser("ada@example.com");
  const claimant = await authenticator.lookUp("ada@example.com");
  await sessions.begin(claimant.userId);
  await accounts.disable(ada.id);
  const given = { password: goodPassword, address: home, deviceToken: null };
  expect(await authenticator.checkLogin(claimant, given)).toEqual({ outcome: "invalid" });
});

describe("a hash made with weaker parameters", () => {
  async function openWithWeakHash(options: Parameters<typeof openTestGateway>[0] = {}) {
    const cost = { ...cheapCost, timeCost: 2 };
    const gateway = await openTestGateway({ cost, ...options });
    const ada = await gateway.addUser("ada@example.com");
    const weak = await argon2.hash(goodPassword, cheapCost);
    await gateway.accounts.changePassword(ada.id, null, weak);
    await gateway.changes.finishPending({ minimumAgeSeconds: 0 });
    return { gateway, ada, weak };
  }

  test("is made anew at the next login, and no session ends", async () => {
    const { gateway, ada } = await openWithWeakHash();
    await gateway.logIn(ada);
    expect((await check(gateway, {})).outcome).toBe("verified");
    const credential = await gateway.accounts.findCredential(ada.id);
    expect(credential?.passwordHash).toContain("t=2");
    expect(await gateway.sessions.list(ada.id)).toHaveLength(1);
    expect((await check(gateway, {})).outcome).toBe("verified");
  });

  test("stays when a wrong password was given", async () => {
    const { gateway, ada, weak } = await openWithWeakHash();
    await check(gateway, { password: otherPassword });
    expect((await gateway.accounts.findCredential(ada.id))?.passwordHash).toBe(weak);
  });

  test("stays when there is no capacity, and the login is verified all the same", async () => {
    let isFull = false;
    const { watched } = watchedArgon2();
    const { gateway, ada, weak } = await openWithWeakHash({
      concurrency: 1,
      maximumWaiting: 0,
      argon2: {
        verify: watched.verify,
        hash: (password, cost) =>
          isFull ? Promise.reject(new Error("not to be called")) : watched.hash(password, cost),
      },
    });
    isFull = true;
    // Takes the only place in the moment in which the verification gives it back.
    const claimant = await gateway.authenticator.lookUp("ada@example.com");
    const { succeed } = gateway.throttle;
    let blocking: Promise<unknown> | null = null;
    Object.defineProperty(gateway.throttle, "succeed", {
      value: async (attempt: Parameters<typeof succeed>[0]) => {
        await succeed.call(gateway.throttle, attempt);
        blocking = gateway.hasher.verify(otherPassword, null);
      },
    });
    const given = { password: goodPassword, address: home, deviceToken: null };
    expect((await gateway.authenticator.checkLogin(claimant, given)).outcome).toBe("verified");
    await blocking;
    expect((await gateway.accounts.findCredential(ada.id))?.passwordHash).toBe(weak);
  });
});

describe("the owner of a live session", () => {
  test("proves who they are with the password", async () => {
    const gateway = await openTestGateway();
    const ada = await gateway.addUser("ada@example.com");
    const given = { password: goodPassword, address: home };
    const checked = await gateway.authenticator.checkOwner(ada, "session", given);
    expect(checked).toMatchObject({ outcome: "verified", proof: { account: ada } });
    expect(JSON.stringify(checked)).not.toContain("argon2");
  });

  test("who guesses is throttled there and then as a stranger, which does not shut the owner out elsewhere", async () => {
    const gateway = await openTestGateway();
    const ada = await gateway.addUser("ada@example.com");
    const wrong = { password: otherPassword, address: "203.0.113.66" };
    const outcomes = [];
    for (let guess = 0; guess < 11; guess++) {
      outcomes.push((await gateway.authenticator.checkOwner(ada, "stolen", wrong)).outcome);
    }
    expect(outcomes).toEqual([...Array(10).fill("invalid"), "throttled"]);
    const right = { password: goodPassword, address: home };
    for (const session of ["stolen", "own"]) {
      expect((await gateway.authenticator.checkOwner(ada, session, right)).outcome).toBe("verified");
    }
    expect((await check(gateway, {})).outcome).toBe("verified");
  });

  test("is refused once disabled", async () => {
    const gateway = await openTestGateway();
    const ada = await gateway.addUser("ada@example.com");
    await gateway.accounts.disable(ada.id);
    const given = { password: goodPassword, address: home };
    expect(await gateway.authenticator.checkOwner(ada, "session", given)).toEqual({ outcome: "invalid" });
  });
});

describe("an account that strangers have closed", () => {
  /** Closed by fifty addresses, and signed in at these. */
  async function openClosed(...signedInAt: readonly string[]) {
    const gateway = await openTestGateway();
    const ada = await gateway.addUser("ada@example.com");
    for (const ip of signedInAt) {
      const device = { label: "Browser", userAgent: null, ip };
      await gateway.sessions.login(await gateway.sessions.begin(ada.id), { device });
    }
    for (let address = 0; address < 50; address++) {
      await check(gateway, { password: otherPassword, address: `198.51.100.${address}` });
    }
    return { gateway, ada };
  }

  test("gives a network in which it is signed in no more guesses than any one address gets", async () => {
    const { gateway } = await openClosed(home);
    const outcomes = [];
    for (let guess = 0; guess < 6; guess++) {
      outcomes.push((await check(gateway, { password: otherPassword, address: home })).outcome);
    }
    expect(outcomes).toEqual([...Array(5).fill("invalid"), "throttled"]);
  });

  test("stays closed where it was signed in once, and is signed out now", async () => {
    const { gateway, ada } = await openClosed(home);
    await gateway.sessions.revokeAll(ada.id, "revoked");
    expect(await check(gateway, {})).toMatchObject({ outcome: "throttled", limit: "account" });
  });

  test("stays closed to what is no address, whatever a session has for one", async () => {
    const { gateway } = await openClosed("unknown");
    expect(await check(gateway, { address: "unknown" })).toMatchObject({ outcome: "throttled", limit: "account" });
  });
});
