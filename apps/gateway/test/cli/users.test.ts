import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { normaliseEmail } from "../../src/accounts/email-address.ts";
import { PasswordHasher } from "../../src/accounts/passwords/password-hasher.ts";
import { openAccounts } from "../../src/storage/accounts/open-accounts.ts";
import { CommandLine } from "./support/run-coatcheck.ts";

const password = "counting analytical engines";
const newPassword = "nanoseconds by the yard";
const notUtf8 = Buffer.from("counting \u00FF engines", "latin1");

/** What the command line wrote, seen through the modules that the gateway reads it with. */
async function openDatabase(commandLine: CommandLine) {
  const opened = await openAccounts({ path: commandLine.databasePath, purpose: "gateway" });
  onTestFinished(() => opened.close());
  const email = normaliseEmail("ada@example.com");
  const ada = email === null ? null : await opened.accounts.findByEmail(email);
  const credential = ada === null ? null : await opened.accounts.findCredential(ada.id);
  if (ada === null || credential === null) throw new Error("Ada has no account.");
  return { ...opened, ada, credential, hasher: await PasswordHasher.create() };
}

describe("users add", () => {
  test("adds a user whose password only the operator sees, in a database that only the owner may read", async () => {
    const commandLine = await CommandLine.withDatabase();
    const words = ["users", "add", " Ada@Example.com", "--name", "Ada Lovelace", "--password-stdin"];
    const { code, output, errors } = await commandLine.run(words, `${password}\n`);
    const { ada, credential, hasher } = await openDatabase(commandLine);
    expect({ code, output, errors }).toEqual({
      code: 0,
      output: `Added ada@example.com, id ${ada.id}, in sqlite:${commandLine.databasePath}.\n`,
      errors: "",
    });
    expect(ada).toMatchObject({ name: "Ada Lovelace", disabled: false });
    expect(await hasher.verify(password, credential.passwordHash)).toBe(true);
    expect(statSync(commandLine.data).mode & 0o777).toBe(0o700);
    expect(statSync(commandLine.databasePath).mode & 0o777).toBe(0o600);
  });

  test("takes all of standard input but one line end", async () => {
    const commandLine = await CommandLine.withDatabase();
    const words = ["users", "add", "ada@example.com", "--name", "Ada Lovelace", "--password-stdin"];
    expect((await commandLine.run(words, `${password} \r\n`)).code).toBe(0);
    const { credential, hasher } = await openDatabase(commandLine);
    expect(await hasher.verify(`${password} `, credential.passwordHash)).toBe(true);
    expect(await hasher.verify(password, credential.passwordHash)).toBe(false);
  });

  test.each([
    {
      what: "a password that is short",
      email: "ada@example.com",
      name: "Ada",
      input: "hunter2",
      says: /fewer than 15/,
    },
    {
      what: "a password that is common",
      email: "ada@example.com",
      name: "Ada",
      input: "password1234567",
      says: /common words/,
    },
    {
      what: "a password that is the name",
      email: "ada@example.com",
      name: "Ada Lovelace",
      input: "AdaLovelace-2024",
      says: /name or email/,
    },
    {
      what: "a password that is a file",
      email: "ada@example.com",
      name: "Ada",
      input: "x".repeat(100_000),
      says: /too long/,
    },
    { what: "a password that is no text", email: "ada@example.com", name: "Ada", input: notUtf8, says: /not UTF-8/ },
    { what: "no address", email: "ada", name: "Ada", input: password, says: /not an email address/ },
    { what: "an empty name", email: "ada@example.com", name: "  ", input: password, says: /1 to 100 characters/ },
    {
      what: "a name that moves the cursor",
      email: "ada@example.com",
      name: "\u001B[2JAda",
      input: password,
      says: /control/,
    },
    {
      what: "a name that is written backwards",
      email: "ada@example.com",
      name: "\u202EadA",
      input: password,
      says: /control/,
    },
  ])("refuses $what", async ({ email, name, input, says }) => {
    const commandLine = await CommandLine.withDatabase();
    const words = ["users", "add", email, "--name", name, "--password-stdin"];
    const { code, output, errors } = await commandLine.run(words, input);
    expect({ code, output }).toEqual({ code: 1, output: "" });
    expect(errors).toMatch(says);
    expect(errors).not.toContain("hunter2");
    expect((await commandLine.run(["users", "list"])).output).toBe("There are no users.\n");
  });

  test("refuses a second user with the same address, in any spelling", async () => {
    const commandLine = new CommandLine();
    await commandLine.addUser("ada@example.com", password);
    const again = await commandLine.run(
      ["users", "add", "ADA@example.com", "--name", "Eve", "--password-stdin"],
      newPassword,
    );
    expect(again).toEqual({ code: 1, output: "", errors: "coatcheck: There is a user ada@example.com already.\n" });
  });
});

test("users list shows all users, as a table and as JSON, and no hash", async () => {
  const commandLine = new CommandLine();
  await commandLine.addUser("grace@example.com", newPassword);
  await commandLine.addUser("ada@example.com", password);
  await commandLine.run(["users", "disable", "grace@example.com"]);
  const { ada } = await openDatabase(commandLine);
  const table = await commandLine.run(["users", "list"]);
  expect(table.output.split("\n")).toEqual([
    expect.stringMatching(/^EMAIL +NAME +ROLES +STATUS +CREATED +ID$/),
    expect.stringMatching(/^ada@example.com +Ada Lovelace +- +enabled +\S+Z +\S+$/),
    expect.stringMatching(/^grace@example.com +Ada Lovelace +- +disabled +\S+Z +\S+$/),
    "",
  ]);
  const json = await commandLine.run(["users", "list", "--json"]);
  expect(JSON.parse(json.output).users[0]).toEqual({
    id: ada.id,
    email: "ada@example.com",
    name: "Ada Lovelace",
    roles: [],
    disabled: false,
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    passwordChangedAt: expect.any(String),
  });
  expect(table.output + json.output).not.toContain("argon2");
});

describe("users edit", () => {
  test("changes name and roles, each by itself, and takes them back", async () => {
    const commandLine = new CommandLine();
    await commandLine.addUser("ada@example.com", password);
    const edit = async (...words: readonly string[]) =>
      (await commandLine.run(["users", "edit", "ada@example.com", ...words])).output;
    expect(await edit("--roles", "admin, listener,admin")).toBe(
      "ada@example.com is Ada Lovelace, with the roles admin, listener.\n",
    );
    expect(await edit("--name", "Ada King")).toBe("ada@example.com is Ada King, with the roles admin, listener.\n");
    expect((await openDatabase(commandLine)).ada).toMatchObject({ name: "Ada King", roles: ["admin", "listener"] });
    expect(await edit("--roles", "")).toBe("ada@example.com is Ada King, with no roles.\n");
  });

  test.each([
    { words: [], code: 2, says: /Say what to change/ },
    { words: ["--roles", "a b"], code: 1, says: /A role may contain only letters/ },
    { words: ["--roles", Array.from({ length: 33 }, (_, index) => `r${index}`).join()], code: 1, says: /at most 32/ },
    { words: ["--name", " "], code: 1, says: /A name has 1 to 100 characters/ },
  ])("refuses $words", async ({ words, code, says }) => {
    const commandLine = new CommandLine();
    await commandLine.addUser("ada@example.com", password);
    const edited = await commandLine.run(["users", "edit", "ada@example.com", ...words]);
    expect(edited).toMatchObject({ code, output: "", errors: expect.stringMatching(says) });
  });
});

describe("with sessions in the memory of a gateway, which no other process can end", () => {
  const inMemory = { COATCHECK_SESSIONS: "memory:" };

  test.each([
    { words: ["users", "disable", "ada@example.com"], says: /^ada@example.com is disabled\. / },
    {
      words: ["users", "set-password", "ada@example.com", "--password-stdin"],
      says: /^The password of ada@example.com is changed\. /,
    },
  ])("coatcheck $words leaves a note for it, and says so", async ({ words, says }) => {
    const commandLine = new CommandLine(inMemory);
    await commandLine.addUser("ada@example.com", password);
    const { code, output, errors } = await commandLine.run(words, newPassword);
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(output).toMatch(says);
    expect(output).toMatch(/in the memory of the running gateway, which refuses them from now on/);
    const { accounts, ada } = await openDatabase(commandLine);
    expect(await accounts.findPendingRevocation(ada.id)).not.toBeNull();
  });

  test.each([["list"], ["revoke", "--all"]])("coatcheck sessions %s is refused, and says why", async (...words) => {
    const commandLine = new CommandLine(inMemory);
    await commandLine.addUser("ada@example.com", password);
    const [verb = "", ...options] = words;
    const { code, output, errors } = await commandLine.run(["sessions", verb, "ada@example.com", ...options]);
    expect({ code, output }).toEqual({ code: 1, output: "" });
    expect(errors).toMatch(/in the memory of the running gateway, which no other program can read/);
  });

  test("coatcheck migrate has only the accounts to care for", async () => {
    const { code, output } = await new CommandLine(inMemory).run(["migrate"]);
    expect(code).toBe(0);
    expect(output).toMatch(/^Accounts in .* are up to date\.\nSessions in memory have no tables\.\n$/);
  });
});

describe("users set-password", () => {
  test("replaces the password, forgets known devices and empties the count of failed logins", async () => {
    const commandLine = new CommandLine();
    await commandLine.addUser("ada@example.com", password);
    const { accounts, ada, devices, throttle, hasher } = await openDatabase(commandLine);
    const deviceToken = await devices.issue(ada.id);
    const stranger = { email: ada.email, address: "192.0.2.1", trusted: null };
    for (let failure = 0; failure < 5; failure++) await throttle.reserve(stranger);
    expect((await throttle.reserve(stranger)).allowed).toBe(false);

    const { code } = await commandLine.run(
      ["users", "set-password", "ada@example.com", "--password-stdin"],
      newPassword,
    );
    expect(code).toBe(0);
    const credential = await accounts.findCredential(ada.id);
    expect(await hasher.verify(newPassword, credential?.passwordHash ?? null)).toBe(true);
    expect(await devices.recognise(ada.id, deviceToken)).toBeNull();
    expect((await throttle.reserve(stranger)).allowed).toBe(true);
  });

  test("keeps to the same rules for passwords, and then changes nothing", async () => {
    const commandLine = new CommandLine();
    await commandLine.addUser("ada@example.com", password);
    const words = ["users", "set-password", "ada@example.com", "--password-stdin"];
    const { code, errors } = await commandLine.run(words, "hunter2");
    expect(code).toBe(1);
    expect(errors).toBe("coatcheck: The password is refused: it has fewer than 15 characters.\n");
    const { credential, hasher } = await openDatabase(commandLine);
    expect(await hasher.verify(password, credential.passwordHash)).toBe(true);
  });
});

test("users add and set-password refuse what is in the operator's file of breached passwords", async () => {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "breached.txt");
  writeFileSync(file, `${createHash("sha1").update(newPassword).digest("hex")}:7\n`);
  const commandLine = new CommandLine({ COATCHECK_BREACHED_PASSWORDS_FILE: file });
  await commandLine.addUser("ada@example.com", password);
  for (const words of [
    ["users", "set-password", "ada@example.com", "--password-stdin"],
    ["users", "add", "bob@example.com", "--name", "Bob", "--password-stdin"],
  ]) {
    const { code, errors } = await commandLine.run(words, newPassword);
    expect(code).toBe(1);
    expect(errors).toBe("coatcheck: The password is refused: it is on the list of common passwords.\n");
  }
});

test("users unlock lets a user in again who was shut out by guessers, and enables no account", async () => {
  const commandLine = new CommandLine();
  await commandLine.addUser("ada@example.com", password);
  await commandLine.run(["users", "disable", "ada@example.com"]);
  const { accounts, ada, throttle } = await openDatabase(commandLine);
  for (let address = 0; address < 50; address++) {
    await throttle.reserve({ email: ada.email, address: `192.0.2.${address}`, trusted: null });
  }
  const owner = { email: ada.email, address: "203.0.113.1", trusted: null };
  expect((await throttle.reserve(owner)).allowed).toBe(false);
  const { code, output } = await commandLine.run(["users", "unlock", "ADA@example.com"]);
  expect(code).toBe(0);
  expect(output).toBe(
    "No failed logins are counted for ada@example.com any more. The account is disabled all the same.\n",
  );
  expect((await throttle.reserve(owner)).allowed).toBe(true);
  expect((await accounts.findById(ada.id))?.disabled).toBe(true);
});

test("users enable lets a user in again who was disabled, and empties the count of failed logins", async () => {
  const commandLine = new CommandLine();
  await commandLine.addUser("ada@example.com", password);
  await commandLine.run(["users", "disable", "ada@example.com"]);
  const { accounts, ada, throttle } = await openDatabase(commandLine);
  expect(ada.disabled).toBe(true);
  const stranger = { email: ada.email, address: "192.0.2.1", trusted: null };
  for (let failure = 0; failure < 5; failure++) await throttle.reserve(stranger);
  expect((await throttle.reserve(stranger)).allowed).toBe(false);
  expect((await commandLine.run(["users", "enable", "ADA@example.com"])).code).toBe(0);
  expect((await accounts.findById(ada.id))?.disabled).toBe(false);
  expect((await throttle.reserve(stranger)).allowed).toBe(true);
});
