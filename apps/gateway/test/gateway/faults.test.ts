import { once } from "node:events";
import { mkdir, open, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";
import { runProgram } from "../support/run-command.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };

const WITHIN = { timeout: 20_000, interval: 100 };

let gateway: GatewayProcess;

beforeEach(async () => {
  gateway = await GatewayProcess.create();
});

afterEach(() => gateway.dispose());

/** The file that a gateway with nothing configured keeps everything in. */
const databaseOf = (process: GatewayProcess) => join(process.folder, "coatcheck.sqlite");

describe("at start", () => {
  async function startWith(database: string) {
    const result = await runProgram(["gateway"], { ...gateway.environment, COATCHECK_DATABASE: `sqlite:${database}` });
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toBe("");
    // One line for a person, and no stack.
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    return result.stderr;
  }

  test("a missing folder is named", async () => {
    const path = join(gateway.folder, "missing", "coatcheck.db");
    expect(await startWith(path)).toContain(`${path} cannot be opened: its folder does not exist`);
  });

  test("a folder in place of the file is named", async () => {
    const path = join(gateway.folder, "folder.db");
    await mkdir(path);
    expect(await startWith(path)).toContain("it is a folder");
  });

  test("a read-only database is named", async () => {
    await gateway.addUser(ada.email, ada.password);
    await markReadOnly(databaseOf(gateway));
    expect(await startWith(databaseOf(gateway))).toContain("it is read-only");
  });

  test("a file that is no database is named", async () => {
    const path = join(gateway.folder, "notes.txt");
    await writeFile(path, "This is not a database, but a user's notes. ".repeat(100));
    expect(await startWith(path)).toContain("is not a SQLite database");
  });

  test("a port in use is named", async () => {
    await gateway.start();
    const result = await runProgram(["gateway"], gateway.environment);
    expect([result.exitCode, result.stderr]).toEqual([1, expect.stringContaining("in use")]);
  });
});

/** A file format version that this SQLite may read and not write: read-only for root, too. */
async function markReadOnly(path: string): Promise<void> {
  const file = await open(path, "r+");
  await file.write(Buffer.of(255), 0, 1, 18);
  await file.close();
}

describe("at run time", () => {
  let client: Client;
  let database: Database.Database;

  beforeEach(async () => {
    await gateway.addUser(ada.email, ada.password);
    await gateway.start();
    client = new Client(gateway.url);
    expect((await client.login(ada.email, ada.password)).status).toBe(200);
    database = new Database(databaseOf(gateway));
  });

  afterEach(() => void database.close());

  async function expectUnavailable(response: Response): Promise<void> {
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "unavailable" });
    expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(response.headers.getSetCookie()).toEqual([]);
  }

  test("a database that another process keeps locked: writes are 503, everything else goes on", async () => {
    database.exec("BEGIN IMMEDIATE");
    const login = new Client(gateway.url).login(ada.email, ada.password);
    const logout = client.send("POST", "/auth/logout");
    expect((await client.send("GET", "/auth/heartbeat")).status).toBe(200);
    expect((await client.send("GET", "/auth/me")).status).toBe(200);
    await expectUnavailable(await login);
    await expectUnavailable(await logout);

    database.exec("ROLLBACK");
    expect((await client.send("POST", "/auth/logout")).status).toBe(204);
    expect((await new Client(gateway.url).login(ada.email, ada.password)).status).toBe(200);
  });

  test.each(["coatcheck_sessions", "accounts"])(
    "%s cannot be read: 503, never 401, and the cookie stays",
    async (table) => {
      database.exec(`ALTER TABLE ${table} RENAME TO gone`);
      await expectUnavailable(await client.send("GET", "/auth/me"));
      // What readiness found is held for a second.
      await vi.waitFor(async () => expectUnavailable(await client.send("GET", "/auth/health/ready")), WITHIN);
      expect((await client.send("GET", "/auth/health/live")).status).toBe(200);
      if (table === "coatcheck_sessions") await expectUnavailable(await client.send("POST", "/auth/logout"));

      database.exec(`ALTER TABLE gone RENAME TO ${table}`);
      expect((await client.send("GET", "/auth/me")).status).toBe(200);
      await vi.waitFor(async () => expect((await client.send("GET", "/auth/health/ready")).status).toBe(200), WITHIN);
    },
  );

  test("an audit log that cannot be written: no client notices, and no event is missing once it can be", async () => {
    database.exec("ALTER TABLE audit_events RENAME TO gone");
    const other = new Client(gateway.url);
    expect((await other.login(ada.email, ada.password)).status).toBe(200);
    expect((await new Client(gateway.url).login(ada.email, "wrong")).status).toBe(401);
    expect((await other.send("POST", "/auth/logout")).status).toBe(204);
    while (!gateway.log.includes('"chore":"audit events"')) await delay(50);

    database.exec("ALTER TABLE gone RENAME TO audit_events");
    expect(await gateway.kill("SIGTERM")).toBe(0);
    const written = database.prepare<[], string>("SELECT event FROM audit_events ORDER BY position").pluck().all();
    expect(written.slice(-4)).toEqual(["session_created", "authn_login_success", "authn_login_fail", "session_logout"]);
  });

  test("an audit log that is gone does not keep the gateway from stopping", async () => {
    database.exec("DROP TABLE audit_events");
    expect((await client.send("POST", "/auth/logout")).status).toBe(204);
    expect(await gateway.kill("SIGTERM")).toBe(0);
    expect(gateway.log).toContain("audit_lost");
  });

  test("SIGTERM is not held up by connections that never ask anything, or ask nonsense", async () => {
    const port = Number(new URL(gateway.url).port);
    const silent = connect({ port, host: "localhost" });
    const broken = connect({ port, host: "localhost", allowHalfOpen: true });
    await Promise.all([once(silent, "connect"), once(broken, "connect")]);
    broken.write("nonsense\r\n\r\n");
    await once(broken, "data");
    for (const socket of [silent, broken]) socket.on("error", () => {});
    expect(await gateway.kill("SIGTERM")).toBe(0);
    for (const socket of [silent, broken]) socket.destroy();
  });

  test("SIGTERM answers what is under way, then ends with 0", async () => {
    const answers = Array.from({ length: 5 }, () => new Client(gateway.url).login(ada.email, ada.password));
    // One answer is there, so the others have been taken on.
    await Promise.race(answers);
    expect(await gateway.kill("SIGTERM")).toBe(0);
    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(200);
  });
});
