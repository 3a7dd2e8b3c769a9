import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ThrowawayServer } from "./throwaway-server.ts";
import { unprivilegedUser } from "./unprivileged-user.ts";

/** A PgBouncer in front of one database, in transaction mode: each transaction may run on another connection. */
export class PgBouncer {
  readonly #server: ThrowawayServer;
  readonly #databaseUrl: string;

  static async start(databaseUrl: string): Promise<PgBouncer> {
    const server = await ThrowawayServer.start({
      program: "pgbouncer",
      user: unprivilegedUser(),
      readyMessage: "process up",
      stopSignal: "SIGKILL",
      prepare: (folder, port) => writeFile(configuration(folder), bouncerConfiguration(port, new URL(databaseUrl))),
      programArguments: (folder) => [configuration(folder)],
    });
    return new PgBouncer(server, databaseUrl);
  }

  private constructor(server: ThrowawayServer, databaseUrl: string) {
    this.#server = server;
    this.#databaseUrl = databaseUrl;
  }

  /** The database's URL, by way of PgBouncer. It asks no client for a password. */
  get url(): string {
    const url = new URL(this.#databaseUrl);
    url.host = `127.0.0.1:${this.#server.port}`;
    url.password = "";
    return url.href;
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}

function configuration(folder: string): string {
  return join(folder, "pgbouncer.ini");
}

/** Whatever name a client gives, PgBouncer connects as the user of the URL. */
function bouncerConfiguration(listenPort: number, { hostname, port, pathname, username, password }: URL): string {
  const target = { host: hostname, port: port || "5432", dbname: pathname.slice(1), user: username, password };
  // An empty one is no password to PgBouncer, and no configuration either.
  const given = Object.entries(target).filter(([, value]) => value !== "");
  const pairs = given.map(([name, value]) => `${name}=${quoted(decodeURIComponent(value))}`);
  return `
[databases]
* = ${pairs.join(" ")}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
`;
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
