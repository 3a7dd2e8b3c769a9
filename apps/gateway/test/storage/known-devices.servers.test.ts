import { expect, test } from "vitest";
import { KNOWN_DEVICE_LIFETIME_SECONDS, MAXIMUM_KNOWN_DEVICES } from "../../src/accounts/throttling/known-devices.ts";
import { openTestGateway } from "../accounts/support/test-accounts.ts";
import { describeOnEveryDatabase } from "./support/every-database.ts";

describeOnEveryDatabase((database) => {
  const open = async () => openTestGateway({}, await database.open());

  test("a device is known to the account it was issued for, and to no other", async () => {
    const { devices, addUser } = await open();
    const [ada, bob] = [await addUser("ada@example.com"), await addUser("bob@example.com")];
    const token = await devices.issue(ada.id);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await devices.recognise(ada.id, token)).toEqual({ id: expect.any(String), renewalDue: false });
    expect(await devices.recognise(bob.id, token)).toBeNull();
  });

  test.each([
    { what: "nothing", forged: () => null },
    { what: "an empty token", forged: () => "" },
    { what: "a token that was never issued", forged: () => "A".repeat(43) },
    {
      what: "a token with one character changed",
      forged: (token: string) => `${token.slice(0, -1)}${token.endsWith("A") ? "E" : "A"}`,
    },
    { what: "a token with something after it", forged: (token: string) => `${token}A` },
    { what: "SQL", forged: () => "' OR 1=1 --" },
    { what: "a megabyte", forged: () => "A".repeat(1_000_000) },
  ])("$what is no device", async ({ forged }) => {
    const { devices, addUser } = await open();
    const ada = await addUser("ada@example.com");
    const token = await devices.issue(ada.id);
    expect(await devices.recognise(ada.id, forged(token))).toBeNull();
  });

  test("a dump of the database holds no token, and what it holds is no token", async () => {
    const { devices, addUser } = await open();
    const ada = await addUser("ada@example.com");
    const token = await devices.issue(ada.id);
    const rows = await database.rows("known_devices");
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(rows).toHaveLength(1);
    for (const { token_digest: digest } of rows) expect(await devices.recognise(ada.id, String(digest))).toBeNull();
  });

  test("a device is due for a new token in the second half of its life, and forgotten at its end", async () => {
    const { devices, addUser, clock } = await open();
    const ada = await addUser("ada@example.com");
    const token = await devices.issue(ada.id);
    clock.advanceSeconds(KNOWN_DEVICE_LIFETIME_SECONDS / 2);
    expect((await devices.recognise(ada.id, token))?.renewalDue).toBe(true);
    clock.advanceSeconds(KNOWN_DEVICE_LIFETIME_SECONDS / 2 - 1);
    expect(await devices.recognise(ada.id, token)).not.toBeNull();
    expect(await devices.removeExpired(10)).toBe(0);
    clock.advanceSeconds(1);
    expect(await devices.recognise(ada.id, token)).toBeNull();
    expect(await devices.removeExpired(10)).toBe(1);
  });

  test("a new token takes the place of the old one, if that is the user's own", async () => {
    const { devices, addUser } = await open();
    const [ada, bob] = [await addUser("ada@example.com"), await addUser("bob@example.com")];
    const [adas, bobs] = [await devices.issue(ada.id), await devices.issue(bob.id)];
    const next = await devices.issue(ada.id, adas);
    await devices.issue(ada.id, bobs);
    expect(await devices.recognise(ada.id, adas)).toBeNull();
    expect(await devices.recognise(ada.id, next)).not.toBeNull();
    expect(await devices.recognise(bob.id, bobs)).not.toBeNull();
  });

  test("of more devices than are kept the oldest is forgotten", async () => {
    const { devices, addUser, clock } = await open();
    const ada = await addUser("ada@example.com");
    const tokens: string[] = [];
    for (let index = 0; index <= MAXIMUM_KNOWN_DEVICES; index++) {
      tokens.push(await devices.issue(ada.id));
      clock.advanceSeconds(1);
    }
    const known = await Promise.all(tokens.map((token) => devices.recognise(ada.id, token)));
    expect(known.map((device) => device !== null)).toEqual([false, ...Array(MAXIMUM_KNOWN_DEVICES).fill(true)]);
  });

  test("all devices of a user are forgotten at once, and no other user's", async () => {
    const { devices, addUser } = await open();
    const [ada, bob] = [await addUser("ada@example.com"), await addUser("bob@example.com")];
    const [adas, bobs] = [await devices.issue(ada.id), await devices.issue(bob.id)];
    await devices.forgetAll(ada.id);
    expect(await devices.recognise(ada.id, adas)).toBeNull();
    expect(await devices.recognise(bob.id, bobs)).not.toBeNull();
  });
});
