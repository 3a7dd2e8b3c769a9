import { describe, expect, test } from "vitest";
import type { LoginSubject, LoginThrottle } from "../../src/accounts/throttling/login-throttle.ts";
import { emailOf } from "../accounts/support/test-accounts.ts";
import { describeOnEveryDatabase } from "./support/every-database.ts";

const DAY = 86_400;
const ada = emailOf("ada@example.com");
const home = "192.0.2.1";
const attacker = "203.0.113.66";

function stranger(address: string, email: LoginSubject["email"] = ada): LoginSubject {
  return { email, address, trusted: null };
}

function onDevice(id: string, address: string = home): LoginSubject {
  return { email: ada, address, trusted: { kind: "device", id } };
}

/** Makes attempts that all fail until one is refused, at most `limit`; returns how many were let through. */
async function failUntilRefused(throttle: LoginThrottle, subject: LoginSubject, limit = 1_000): Promise<number> {
  for (let failures = 0; failures < limit; failures++) {
    if (!(await throttle.reserve(subject)).allowed) return failures;
  }
  return limit;
}

async function reserve(throttle: LoginThrottle, subject: LoginSubject) {
  const result = await throttle.reserve(subject);
  if (!result.allowed) throw new Error(`refused for ${result.retryAfterSeconds} s`);
  return result.attempt;
}

/** A client with another address for each failure. */
async function failFromEverywhere(throttle: LoginThrottle, failures: number): Promise<void> {
  for (let index = 0; index < failures; index++) {
    await reserve(throttle, stranger(`198.51.${Math.floor(index / 250)}.${index % 250}`));
  }
}

describeOnEveryDatabase((database) => {
  const openThrottle = () => database.open();

  describe("guesses", () => {
    test("after five failures from one address the sixth has to wait, a little longer each time", async () => {
      const { throttle, clock } = await openThrottle();
      expect(await failUntilRefused(throttle, stranger(attacker))).toBe(5);
      expect(await throttle.reserve(stranger(attacker))).toMatchObject({ allowed: false, retryAfterSeconds: 2 });
      clock.advanceSeconds(2);
      expect(await failUntilRefused(throttle, stranger(attacker))).toBe(1);
      expect(await throttle.reserve(stranger(attacker))).toMatchObject({ allowed: false, retryAfterSeconds: 4 });
    });

    test("of 200 sent at once no more are let through than of 200 sent in turn", async () => {
      const { throttle } = await openThrottle();
      const results = await Promise.all(Array.from({ length: 200 }, () => throttle.reserve(stranger(attacker))));
      expect(results.filter(({ allowed }) => allowed)).toHaveLength(5);
    });

    test("of guesses sent to several processes at once no more are let through either", async () => {
      const { throttle, clock } = await openThrottle();
      const other = await database.open(clock);
      const results = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          (index % 2 === 0 ? throttle : other.throttle).reserve(stranger(attacker)),
        ),
      );
      expect(results.filter(({ allowed }) => allowed)).toHaveLength(5);
    });

    test("at many accounts from one address are stopped after 20, and at any account", async () => {
      const { throttle } = await openThrottle();
      for (let index = 0; index < 20; index++) {
        await reserve(throttle, stranger(attacker, emailOf(`user${index}@example.com`)));
      }
      expect(await throttle.reserve(stranger(attacker, ada))).toMatchObject({ allowed: false, retryAfterSeconds: 2 });
      expect((await throttle.reserve(stranger(home, ada))).allowed).toBe(true);
    });

    test("from all addresses of a /64 count as from one", async () => {
      const { throttle } = await openThrottle();
      const results = [];
      for (let index = 1; index <= 10; index++) {
        results.push(await throttle.reserve(stranger(`2001:db8:1:2::${index.toString(16)}`)));
      }
      expect(results.filter(({ allowed }) => allowed)).toHaveLength(5);
      expect((await throttle.reserve(stranger("2001:db8:1:3::1"))).allowed).toBe(true);
    });

    test("at an account that does not exist are counted like those at one that does", async () => {
      const { throttle } = await openThrottle();
      expect(await failUntilRefused(throttle, stranger(attacker, emailOf("nobody@example.com")))).toBe(5);
    });

    test("with what is no address count against where they come from alone", async () => {
      const { throttle } = await openThrottle();
      expect(await failUntilRefused(throttle, stranger(attacker, null))).toBe(20);
      expect((await throttle.reserve(stranger(home, null))).allowed).toBe(true);
    });

    test("that are refused are not counted, and write nothing", async () => {
      const { throttle } = await openThrottle();
      await failUntilRefused(throttle, stranger(attacker));
      await database.blockWrites();
      for (let attempt = 0; attempt < 100; attempt++) {
        expect(await throttle.reserve(stranger(attacker))).toMatchObject({ allowed: false, retryAfterSeconds: 2 });
      }
    });
  });

  describe("a single attacker", () => {
    test("cannot close the account for other addresses in a month of trying whenever it is allowed", async () => {
      const { throttle, clock } = await openThrottle();
      const end = clock.now() + 30 * DAY * 1_000;
      let guesses = 0;
      while (clock.now() < end && guesses < 100) {
        const result = await throttle.reserve(stranger(attacker));
        if (result.allowed) guesses++;
        else clock.advanceSeconds(result.retryAfterSeconds);
      }
      expect(guesses).toBe(49);
      expect((await throttle.reserve(stranger(home))).allowed).toBe(true);
    });
  });

  describe("an attacker with many addresses", () => {
    test("is slowed down after 50 failures, and stopped after 100, whatever the address and however long ago", async () => {
      const { throttle, clock } = await openThrottle();
      await failFromEverywhere(throttle, 50);
      expect(await throttle.reserve(stranger(home))).toMatchObject({ allowed: false, retryAfterSeconds: 30 });
      let failures = 50;
      for (let address = 0; failures < 100 && address < 1_000; address++) {
        const result = await throttle.reserve(stranger(`203.0.${Math.floor(address / 250)}.${address % 250}`));
        if (result.allowed) failures++;
        else clock.advanceSeconds(result.retryAfterSeconds);
      }
      clock.advanceSeconds(365 * DAY);
      expect(await throttle.reserve(stranger(home))).toMatchObject({ allowed: false, retryAfterSeconds: DAY });
    });

    test("cannot lock the owner out of a known device, not even from the owner's own address", async () => {
      const { throttle } = await openThrottle();
      await failUntilRefused(throttle, stranger(home));
      await failFromEverywhere(throttle, 45);
      expect((await throttle.reserve(stranger(home))).allowed).toBe(false);
      const attempt = await reserve(throttle, onDevice("laptop"));
      expect(attempt.asStranger).toBe(false);
      await throttle.succeed(attempt);
      // The owner was there: strangers start anew, but not the address that guessed.
      expect((await throttle.reserve(stranger("198.51.100.200"))).allowed).toBe(true);
      expect((await throttle.reserve(stranger(home))).allowed).toBe(false);
    });
  });

  describe("a known device", () => {
    test("that is stolen buys its holder 20 guesses, ever longer apart, on top of those of any stranger", async () => {
      const { throttle, clock } = await openThrottle();
      const stolen = onDevice("stolen", attacker);
      const guesses = { trusted: 0, stranger: 0 };
      for (const end = clock.now() + DAY * 1_000; clock.now() < end; ) {
        const result = await throttle.reserve(stolen);
        if (!result.allowed) clock.advanceSeconds(result.retryAfterSeconds);
        else guesses[result.attempt.asStranger ? "stranger" : "trusted"]++;
      }
      expect(guesses).toEqual({ trusted: 20, stranger: 20 });
      expect((await reserve(throttle, onDevice("laptop"))).asStranger).toBe(false);
    });

    test("that fails leaves the counts of address and account alone, until it has to wait", async () => {
      const { throttle } = await openThrottle();
      expect(await failUntilRefused(throttle, onDevice("laptop"), 5)).toBe(5);
      expect(await failUntilRefused(throttle, stranger(home))).toBe(5);
    });

    test("that a thief's copy makes wait is worth no less than none", async () => {
      const { throttle } = await openThrottle();
      expect(await failUntilRefused(throttle, onDevice("copied", attacker))).toBe(10);
      const attempt = await reserve(throttle, onDevice("copied"));
      expect(attempt.asStranger).toBe(true);
      await throttle.succeed(attempt);
      // The copy waits on: the owner's success was not its.
      expect((await throttle.reserve(onDevice("copied", attacker))).allowed).toBe(false);
      expect((await reserve(throttle, onDevice("copied"))).asStranger).toBe(true);
    });

    test("that has to wait is told the sooner of its own time and a stranger's", async () => {
      const { throttle, clock } = await openThrottle();
      await failFromEverywhere(throttle, 50);
      expect(await failUntilRefused(throttle, onDevice("laptop"))).toBe(5);
      expect(await throttle.reserve(stranger(home))).toMatchObject({ allowed: false, retryAfterSeconds: 30 });
      expect(await throttle.reserve(onDevice("laptop"))).toMatchObject({ allowed: false, retryAfterSeconds: 2 });
      clock.advanceSeconds(2);
      expect((await reserve(throttle, onDevice("laptop"))).asStranger).toBe(false);
    });

    test("and a session of the same name are two", async () => {
      const { throttle } = await openThrottle();
      await failUntilRefused(throttle, onDevice("same"), 5);
      const session: LoginSubject = { email: ada, address: home, trusted: { kind: "session", id: "same" } };
      expect((await reserve(throttle, session)).asStranger).toBe(false);
    });
  });

  describe("an attempt that succeeds", () => {
    test("empties the count of its account, there and from its address", async () => {
      const { throttle } = await openThrottle();
      for (let failures = 0; failures < 4; failures++) await reserve(throttle, stranger(home));
      await throttle.succeed(await reserve(throttle, stranger(home)));
      expect(await failUntilRefused(throttle, stranger(home))).toBe(5);
    });

    test("gives the address no more than itself back: one's own account does not buy guesses at others", async () => {
      const { throttle } = await openThrottle();
      const eve = emailOf("eve@example.com");
      for (let index = 0; index < 19; index++) {
        await reserve(throttle, stranger(attacker, emailOf(`user${index}@example.com`)));
        if (index % 5 === 0) await throttle.succeed(await reserve(throttle, stranger(attacker, eve)));
      }
      await reserve(throttle, stranger(attacker, emailOf("user19@example.com")));
      expect((await throttle.reserve(stranger(attacker, eve))).allowed).toBe(false);
    });
  });

  test("right passwords renew no wait and put off no forgiveness, however many there are", async () => {
    const { throttle, clock } = await openThrottle();
    // An office: from one address a login a minute for two days, all of different people, one in fifty mistyped.
    for (let minute = 0; minute < 2 * 24 * 60; minute++) {
      const attempt = await reserve(throttle, stranger(home, emailOf(`user-${minute}@example.com`)));
      if (minute % 50 !== 0) await throttle.succeed(attempt);
      clock.advanceSeconds(60);
    }
  }, 120_000);

  test("an attempt that is given back leaves the wait as it was", async () => {
    const { throttle, clock } = await openThrottle();
    for (let failures = 0; failures < 4; failures++) await reserve(throttle, stranger(home));
    const attempt = await reserve(throttle, stranger(home));
    clock.advanceSeconds(1);
    await throttle.giveBack(attempt);
    expect((await throttle.reserve(stranger(home))).allowed).toBe(true);
  });

  test("an attempt that was never checked is given back", async () => {
    const { throttle } = await openThrottle();
    for (let attempt = 0; attempt < 50; attempt++) await throttle.giveBack(await reserve(throttle, stranger(home)));
    expect(await failUntilRefused(throttle, stranger(home))).toBe(5);
  });

  test("giving back after the count was emptied meanwhile takes nothing from later failures", async () => {
    const { throttle } = await openThrottle();
    const late = await reserve(throttle, stranger(home));
    await throttle.reset(ada);
    await throttle.giveBack(late);
    expect(await failUntilRefused(throttle, stranger(home))).toBe(5);
  });

  test("an operator's reset opens the account again, from every address, and no other account", async () => {
    const { throttle } = await openThrottle();
    const bob = emailOf("bob@example.com");
    await failUntilRefused(throttle, stranger(attacker, bob));
    await failUntilRefused(throttle, stranger(attacker));
    await failUntilRefused(throttle, stranger(home));
    await throttle.reset(ada);
    expect((await throttle.reserve(stranger(home))).allowed).toBe(true);
    expect((await throttle.reserve(stranger(attacker))).allowed).toBe(true);
    expect((await throttle.reserve(stranger(attacker, bob))).allowed).toBe(false);
  });

  describe("what is stored", () => {
    async function openSmallThrottle() {
      const { clock } = await openThrottle();
      return { throttle: await database.openThrottle(10, clock), clock };
    }

    async function rowsOfEachKind() {
      const kinds = (await database.rows("login_failures")).map(({ kind }) => String(kind));
      return Object.fromEntries(kinds.map((kind) => [kind, kinds.filter((other) => other === kind).length]));
    }

    test("are no addresses and no emails, only digests", async () => {
      const { throttle } = await openSmallThrottle();
      await reserve(throttle, stranger(attacker));
      await reserve(throttle, onDevice("laptop"));
      const keys = (await database.rows("login_failures")).map(({ key }) => key);
      expect(keys).toHaveLength(4);
      for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{43}(\.[A-Za-z0-9_-]{43})?$/);
    });

    test("is removed once it is forgiven, which an account's count never is", async () => {
      const { throttle, clock } = await openSmallThrottle();
      await reserve(throttle, stranger(attacker));
      expect(await throttle.removeForgiven(100)).toBe(0);
      expect(await rowsOfEachKind()).toEqual({ account: 1, account_from_address: 1, address: 1 });
      clock.advanceSeconds(300);
      await throttle.removeForgiven(100);
      expect(await rowsOfEachKind()).toEqual({ account: 1, account_from_address: 1 });
      clock.advanceSeconds(7 * DAY);
      expect(await throttle.removeForgiven(100)).toBe(1);
      expect(await rowsOfEachKind()).toEqual({ account: 1 });
    });

    test("is bounded, and a flood of others cannot wash away the count of an account under attack", async () => {
      const { throttle, clock } = await openSmallThrottle();
      await failFromEverywhere(throttle, 50);
      // Older than all of the flood, and heavier.
      clock.advanceSeconds(20);
      for (let index = 0; index < 30; index++) {
        await reserve(throttle, stranger(`192.0.2.${index}`, emailOf(`user${index}@example.com`)));
      }
      for (let batch = 0; batch < 100; batch++) await throttle.removeForgiven(7);
      expect(await rowsOfEachKind()).toEqual({ account: 10, account_from_address: 10, address: 10 });
      expect((await throttle.reserve(stranger(home))).allowed).toBe(false);
    });
  });
});
