import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { programPath } from "./programs.ts";
import { runProgram } from "./run-program.ts";
import { createFolder } from "./runner-folder.ts";
import { ThrowawayServer } from "./throwaway-server.ts";
import { type ProgramUser, unprivilegedUser } from "./unprivileged-user.ts";

export interface PostgresServerOptions {
  /** Settings of the server, such as `{ max_connections: "20" }`. What is left out has the server's default. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** `mmap` keeps shared memory in the server's folder, so that it is removed with that. */
const ownSettings = { listen_addresses: "127.0.0.1", unix_socket_directories: "", dynamic_shared_memory_type: "mmap" };

/** A Postgres of its own, which lets the user `postgres` in without a password. */
export class PostgresServer {
  readonly #server: ThrowawayServer;

  static async start({ settings = {} }: PostgresServerOptions = {}): Promise<PostgresServer> {
    const user = unprivilegedUser();
    return new PostgresServer(
      await ThrowawayServer.start({
        ...planFor(user, settings),
        readyMessage: "database system is ready to accept connections",
        prepare: async (folder) => {
          template ??= createTemplate(user);
          await runProgram("cp", ["-R", await template, dataFolder(folder)], { user, folder });
        },
      }),
    );
  }

  /** A hot standby that follows this server: it answers what reads, and refuses to write until it is promoted. */
  async startStandby(): Promise<PostgresServer> {
    const user = unprivilegedUser();
    return new PostgresServer(
      await ThrowawayServer.start({
        ...planFor(user, {}),
        readyMessage: "database system is ready to accept read-only connections",
        prepare: async (folder) => {
          const flags = ["--write-recovery-conf", "--checkpoint=fast", "--no-sync"];
          const places = [`--dbname=${this.url}`, `--pgdata=${dataFolder(folder)}`];
          await runProgram(programPath("pg_basebackup"), [...flags, ...places], { user, folder });
        },
      }),
    );
  }

  private constructor(server: ThrowawayServer) {
    this.#server = server;
  }

  get port(): number {
    return this.#server.port;
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  /** Makes a standby a primary, and resolves when it takes writes. */
  async promote(): Promise<void> {
    await this.command("SELECT pg_promote()");
  }

  /** Runs SQL and returns what psql prints of its rows. */
  command(sql: string): Promise<string> {
    const flags = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"];
    return runProgram(programPath("psql"), [...flags, `--dbname=${this.url}`, `--command=${sql}`]);
  }

  /** The URL of a new and empty database. */
  createDatabase(): Promise<string> {
    return createDatabase(this.url);
  }

  /** `SIGINT` is Postgres's orderly end; on `SIGTERM` it first waits until every client is gone. */
  kill(signal?: NodeJS.Signals): Promise<void> {
    return this.#server.kill(signal);
  }

  /** Starts it again with the port, the data and the settings that it had. */
  restart(): Promise<void> {
    return this.#server.restart();
  }

  /** Leaves the connections open and answers nothing until `resume`: all its processes stop. */
  pause(): void {
    this.#server.pause();
  }

  resume(): void {
    this.#server.resume();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}

/** Makes a database on the server of a URL. The name is random, for others may use that server too. */
export async function createDatabase(serverUrl: string): Promise<string> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const command = `--command=CREATE DATABASE ${name}`;
  await runProgram(programPath("psql"), ["--no-psqlrc", "--quiet", `--dbname=${serverUrl}`, command]);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

function planFor(user: ProgramUser | undefined, settings: Readonly<Record<string, string>>) {
  return {
    program: "postgres",
    user,
    stopSignal: "SIGQUIT",
    programArguments: (folder: string, port: number) => {
      const pairs = Object.entries({ ...ownSettings, ...settings }).map(([name, value]) => `--${name}=${value}`);
      return ["-D", dataFolder(folder), "-p", String(port), ...pairs];
    },
  } as const;
}

/** Copied for each server, because initdb takes longer than all the rest. */
let template: Promise<string> | undefined;

async function createTemplate(user: ProgramUser | undefined): Promise<string> {
  const folder = createFolder(user);
  const data = dataFolder(folder);
  const access = ["--username=postgres", "--auth=trust"];
  const locale = ["--encoding=UTF8", "--locale=C.UTF-8"];
  await runProgram(programPath("initdb"), ["--no-sync", ...access, ...locale, "--pgdata", data], { user, folder });
  return data;
}

function dataFolder(folder: string): string {
  return join(folder, "data");
}
