import { missingProgram, PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";
import { type Environment, runProgram } from "../support/run-command.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };

interface Server {
  readonly environment: Environment;
  stop(): Promise<void>;
}

const servers = [
  {
    name: "accounts and sessions in Postgres",
    isMissing: missingProgram("postgres"),
    async start(): Promise<Server> {
      const server = await PostgresServer.start();
      return { environment: { COATCHECK_DATABASE: await server.createDatabase() }, stop: () => server.stop() };
    },
  },
  {
    name: "sessions in Redis",
    isMissing: missingProgram("redis-server"),
    async start(): Promise<Server> {
      const server = await RedisServer.start();
      return { environment: { COATCHECK_SESSIONS: server.url }, stop: () => server.stop() };
    },
  },
];

for (const { name, isMissing, start } of servers) {
  describe.skipIf(isMissing)(`${name}: what the command line does, the running gateway follows at once`, () => {
    let server: Server;
    let gateway: GatewayProcess;

    beforeAll(async () => {
      server = await start();
      gateway = await GatewayProcess.create(server.environment);
      await gateway.addUser(ada.email, ada.password, "Ada");
      await gateway.start();
    });

    afterAll(async () => {
      await gateway.dispose();
      await server.stop();
    });

    async function loggedIn(): Promise<Client> {
      const client = new Client(gateway.url);
      expect((await client.login(ada.email, ada.password)).status).toBe(200);
      return client;
    }

    async function output(...words: readonly string[]): Promise<string> {
      const { exitCode, stdout, stderr } = await runProgram(words, gateway.environment);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      return stdout;
    }

    const statusOf = async (client: Client) => (await client.send("GET", "/auth/me")).status;

    test("sessions list and revoke", async () => {
      const [first, second] = [await loggedIn(), await loggedIn()];
      const { sessions } = JSON.parse(await output("sessions", "list", ada.email, "--json"));
      expect(sessions).toHaveLength(2);
      const { session } = (await (await first.send("GET", "/auth/me")).json()) as { session: { id: string } };
      expect(await output("sessions", "revoke", ada.email, session.id)).toBe("The session ended.\n");
      expect([await statusOf(first), await statusOf(second)]).toEqual([401, 200]);
      expect(await output("sessions", "revoke", ada.email, "--all")).toBe("1 session ended.\n");
      expect(await statusOf(second)).toBe(401);
    });

    test("users disable, enable and list", async () => {
      const client = await loggedIn();
      expect(await output("users", "disable", ada.email)).toBe(`${ada.email} is disabled. 1 session ended.\n`);
      expect(await statusOf(client)).toBe(401);
      expect((await new Client(gateway.url).login(ada.email, ada.password)).status).toBe(401);
      await output("users", "enable", ada.email);
      await loggedIn();
      expect(await output("users", "list")).toMatch(/^ada@example\.com /m);
    });
  });
}

describe.skipIf(missingProgram("postgres"))("coatcheck migrate on Postgres", () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await PostgresServer.start();
  });

  afterAll(() => server.stop());

  async function query(url: string, text: string): Promise<number> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rowCount } = await client.query(text);
    await client.end();
    return rowCount ?? 0;
  }

  /** How many parts the table of sessions has. */
  function partitionsIn(url: string): Promise<number> {
    return query(url, "SELECT 1 FROM pg_inherits WHERE inhparent = to_regclass('coatcheck_sessions')");
  }

  test("divides new tables, leaves them so, and lets several do it at once", async () => {
    const url = await server.createDatabase();
    const environment = { COATCHECK_DATABASE: url.replace("postgres@", "postgres:hunter2@") };
    const runs = await Promise.all([1, 2, 3].map(() => runProgram(["migrate", "--partitions", "4"], environment)));
    const place = url.replace(/\?.*/, "");
    const stdout = `Accounts in ${place} are up to date.\nSessions in ${place} are up to date.\n`;
    for (const run of runs) expect(run).toEqual({ exitCode: 0, stdout, stderr: "" });
    expect(await partitionsIn(url)).toBe(4);
    expect(await runProgram(["migrate"], environment)).toEqual({ exitCode: 0, stdout, stderr: "" });
    expect(await partitionsIn(url)).toBe(4);
  });

  test("leaves a gateway to start by a role that may read and write and create nothing", async () => {
    const url = await server.createDatabase();
    expect((await runProgram(["migrate"], { COATCHECK_DATABASE: url })).exitCode).toBe(0);
    await query(url, "CREATE ROLE app LOGIN");
    const asApp = url.replace("postgres@", "app@");
    const refused = await runProgram(["sessions", "list", ada.email], { COATCHECK_DATABASE: asApp });
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("permission denied for table") });
    await query(
      url,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app;
       GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app`,
    );
    const gateway = await GatewayProcess.create({ COATCHECK_DATABASE: asApp });
    await gateway.addUser(ada.email, ada.password, "Ada");
    await gateway.start();
    const client = new Client(gateway.url);
    expect((await client.login(ada.email, ada.password)).status).toBe(200);
    expect((await client.send("GET", "/auth/me")).status).toBe(200);
    await query(url, "REVOKE DELETE ON coatcheck_sessions FROM app");
    expect((await client.send("POST", "/auth/logout")).status).toBe(500);
    await gateway.dispose();
  });

  test("makes them whole if nothing else is said", async () => {
    const url = await server.createDatabase();
    expect((await runProgram(["migrate"], { COATCHECK_DATABASE: url })).exitCode).toBe(0);
    expect(await partitionsIn(url)).toBe(0);
  });
});

describe("coatcheck migrate elsewhere", () => {
  test("has no tables to make in Redis, and asks nothing of it", async () => {
    const gateway = await GatewayProcess.create({ COATCHECK_SESSIONS: "redis://ada:hunter2@localhost:1" });
    const { exitCode, stdout } = await runProgram(["migrate"], gateway.environment);
    await gateway.dispose();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^Accounts in .* are up to date\.\nSessions in redis:\/\/ada@localhost:1 have no tables\.\n$/,
    );
  });

  test.each(["0", "1025", "four", "-1"])("refuses --partitions=%s", async (partitions) => {
    const { exitCode, stderr } = await runProgram(["migrate", `--partitions=${partitions}`], {});
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(/from 1 to 1024/) });
  });

  test("refuses --partitions for anything but Postgres", async () => {
    const { exitCode, stderr } = await runProgram(["migrate", "--partitions", "4"], {});
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(/is for sessions in Postgres/) });
  });
});
