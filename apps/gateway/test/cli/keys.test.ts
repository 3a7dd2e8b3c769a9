import { randomBytes } from "node:crypto";
import { systemClock } from "coatcheck";
import { describe, expect, onTestFinished, test } from "vitest";
import { KeyRing } from "../../src/passes/key-ring.ts";
import { openAccounts } from "../../src/storage/accounts/open-accounts.ts";
import { CommandLine } from "./support/run-coatcheck.ts";

const KID = /[A-Za-z0-9_-]{43}/;

interface ListedKey {
  readonly purpose: string;
  readonly kid: string;
  readonly algorithm: string;
  readonly state: string;
  readonly isEncrypted: boolean;
}

/** A command line on the database of a gateway that has run: its keys are there. */
async function openWithKeys(environment: NodeJS.ProcessEnv = {}) {
  const commandLine = new CommandLine(environment);
  await commandLine.addUser("ada@example.com", "counting analytical engines");
  const opened = await openAccounts({ path: commandLine.databasePath, purpose: "gateway" });
  onTestFinished(() => opened.close());
  const ringOf = (purpose: "identity" | "passes") =>
    new KeyRing({ store: opened.access, purpose, algorithm: "ES256", encryption: null, clock: systemClock });
  await Promise.all([ringOf("identity").prepare(), ringOf("passes").prepare()]);
  const list = async () =>
    (JSON.parse((await commandLine.run(["keys", "list", "--json"])).output) as { keys: readonly ListedKey[] }).keys;
  return { ...opened, commandLine, list };
}

test("keys list says so where there are none", async () => {
  const commandLine = await CommandLine.withDatabase();
  expect(await commandLine.run(["keys", "list"])).toEqual({
    code: 0,
    output: "There are no keys yet: the gateway makes them when it starts.\n",
    errors: "",
  });
});

test("keys list shows what signs, and nothing private", async () => {
  const { commandLine, list } = await openWithKeys();
  const { output } = await commandLine.run(["keys", "list"]);
  expect(output).toMatch(/^identity +ES256 +signing .+ - +no +[A-Za-z0-9_-]{43}$/m);
  expect(output).toMatch(/^passes +ES256 +signing /m);
  const keys = await list();
  expect(keys.map(({ purpose, state }) => [purpose, state])).toEqual([
    ["identity", "signing"],
    ["passes", "signing"],
  ]);
  expect(JSON.stringify(keys)).not.toContain("private");
});

describe("keys rotate", () => {
  test("publishes a new key for both, which waits; a second time it is refused", async () => {
    const { commandLine, list } = await openWithKeys();
    const rotated = await commandLine.run(["keys", "rotate"]);
    expect(rotated).toMatchObject({ code: 0, errors: "" });
    expect(rotated.output).toMatch(/^identity: \S{43} is published, and signs from \S+Z\.$/m);
    expect(rotated.output).toMatch(/^passes: \S{43} is published, and signs from \S+Z\.$/m);
    expect((await list()).map(({ state }) => state)).toEqual(["waiting", "signing", "waiting", "signing"]);
    const again = await commandLine.run(["keys", "rotate"]);
    expect(again).toMatchObject({ code: 1, output: "" });
    expect(again.errors).toMatch(/^coatcheck: identity: \S{43} is new already, and signs from .+ passes: .+\n$/);
  });

  test("--for one of them leaves the other alone", async () => {
    const { commandLine, list } = await openWithKeys();
    expect((await commandLine.run(["keys", "rotate", "--for", "passes"])).code).toBe(0);
    expect((await list()).map(({ purpose }) => purpose)).toEqual(["identity", "passes", "passes"]);
    expect((await commandLine.run(["keys", "rotate", "--for", "everything"])).code).toBe(2);
  });

  test("--wait-hours gives those time who bring keys by hand", async () => {
    const { commandLine } = await openWithKeys();
    const { output } = await commandLine.run(["keys", "rotate", "--for", "passes", "--wait-hours", "48"]);
    const signsFrom = Date.parse(/signs from (\S+Z)\./.exec(output)?.[1] ?? "");
    expect(Math.round((signsFrom - systemClock.now()) / 3_600_000)).toBe(48);
    expect((await commandLine.run(["keys", "rotate", "--wait-hours", "0"])).code).toBe(2);
  });

  test("makes keys as the configuration says, encrypted where it has a key for that", async () => {
    const { commandLine, list } = await openWithKeys({
      COATCHECK_SIGNING_ALGORITHM: "EdDSA",
      COATCHECK_KEY_ENCRYPTION_KEY: randomBytes(32).toString("base64url"),
    });
    await commandLine.run(["keys", "rotate", "--for", "passes"]);
    const [newest] = (await list()).filter(({ purpose }) => purpose === "passes");
    expect(newest).toMatchObject({ state: "waiting", algorithm: "EdDSA", isEncrypted: true });
  });
});

describe("keys retire", () => {
  test("is refused for a key that signs or waits, with the reason", async () => {
    const { commandLine, list } = await openWithKeys();
    await commandLine.run(["keys", "rotate", "--for", "passes"]);
    const keys = await list();
    const kidOf = (state: string, purpose = "passes") =>
      keys.find((key) => key.state === state && key.purpose === purpose)?.kid ?? "";
    const retire = async (kid: string) => (await commandLine.run(["keys", "retire", kid])).errors;
    expect(await retire(kidOf("signing", "identity"))).toMatch(
      /It is the key that signs\. "keys rotate" brings the next/,
    );
    expect(await retire(kidOf("signing"))).toMatch(/It is the key that signs\. It may be retired from \S+Z\./);
    expect(await retire(kidOf("waiting"))).toMatch(/It is new and does not sign yet/);
    expect(await retire("nonsense")).toMatch(/There is no key nonsense/);
    expect(await list()).toHaveLength(3);
  });

  test("--compromised takes it at once, has another sign, and voids what it signed", async () => {
    const { commandLine, list, access } = await openWithKeys();
    const [, { kid } = { kid: "" }] = await list();
    const retired = await commandLine.run(["keys", "retire", kid, "--compromised"]);
    expect(retired.code).toBe(0);
    expect(retired.output).toMatch(/^\S{43} is retired\.\n\S{43} signs from now on\.\nVerifiers .+restart them\.\n$/);
    const [, left] = await list();
    expect(left).toMatchObject({ purpose: "passes", state: "signing", kid: expect.stringMatching(KID) });
    expect(left?.kid).not.toBe(kid);
    expect((await access.readRevocations()).issuedBefore).toBeGreaterThan(0);
  });
});

test("passes void voids everything that was issued until now", async () => {
  const { commandLine, access } = await openWithKeys();
  const before = systemClock.now();
  expect(await commandLine.run(["passes", "void"])).toEqual({
    code: 0,
    output: "Every pass that was issued until now is void.\n",
    errors: "",
  });
  expect((await access.readRevocations()).issuedBefore).toBeGreaterThanOrEqual(before);
});
