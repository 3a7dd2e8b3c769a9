/** One folder of the gateway's sources, or one file of their root. */
export interface Floor {
  /** Below `apps/gateway/src`. A folder's own files are meant, not those of the folders in it. */
  readonly place: string;
  /** The floors that it stands on, each of them further up in the list. A `/` at the end takes the folders in it as well. */
  readonly on: readonly string[] | "all";
  /** What it may import from elsewhere, written as in `Layer`. */
  readonly outside?: readonly string[];
}

const library = [
  "coatcheck",
  "coatcheck/adapter",
  "coatcheck/fastify",
  "coatcheck/identity",
  "coatcheck/keys",
  "coatcheck/passes",
  "coatcheck/store",
  "coatcheck/stores/",
];
const service = "@coatcheck/service/";
const program = [...library, service, "npm:fastify", "npm:pino", "node:"];

/** From the ground up: an import runs towards the beginning of this list, or inside a folder, and nowhere else. */
const floors: readonly Floor[] = [
  // Every floor may report a fault.
  { place: "errors.ts", on: [] },
  // A name, a path and a host mean the same on all floors, so the rules for them stand on nothing.
  { place: "one-reading", on: [] },
  // Accounts know neither HTTP nor SQL: every way to log in keeps the same rules, on every database.
  { place: "accounts", on: [], outside: ["coatcheck", "coatcheck/store", "node:"] },
  // How a password is hashed and which ones are too weak can be read without knowing who asks.
  { place: "accounts/passwords", on: ["errors.ts", "accounts"], outside: ["npm:@node-rs/argon2", "node:"] },
  // How failures slow down further attempts depends on no password.
  {
    place: "accounts/throttling",
    on: ["errors.ts", "accounts"],
    outside: ["coatcheck", "coatcheck/adapter", "node:"],
  },
  // To check or change a password takes both.
  {
    place: "accounts/credentials",
    on: ["errors.ts", "accounts", "accounts/passwords", "accounts/throttling"],
    outside: ["coatcheck", "node:"],
  },
  // What every answer needs. It knows no user.
  { place: "http", on: ["one-reading"], outside: [...program, "npm:@fastify/proxy-addr"] },
  // A problem can be a page, so pages stand on the problems of HTTP.
  { place: "pages", on: ["errors.ts", "http"], outside: program },
  // Every request for the gateway's own, and for a route of users, goes by the library's front door of its origin.
  { place: "doors", on: ["accounts", "http", "pages"], outside: program },
  // Settings hold routes, so routes come first; a route may ask for a role.
  {
    place: "routing",
    on: ["errors.ts", "one-reading", "accounts"],
    outside: ["coatcheck", "coatcheck/adapter", "coatcheck/keys", service],
  },
  // Settings are read once, at start; what they configure stands on them.
  { place: "config", on: ["errors.ts", "accounts", "routing"], outside: program },
  // Passes are issued to accounts, by rules that are configured.
  { place: "passes", on: ["errors.ts", "accounts", "accounts/throttling", "config"], outside: [...library, "node:"] },
  // What happened is written down in terms of accounts, never of SQL.
  {
    place: "audit",
    on: ["accounts/throttling", "accounts/credentials"],
    outside: ["coatcheck", "coatcheck/adapter", "npm:fastify", "node:"],
  },
  // What the engines share.
  { place: "storage", on: ["errors.ts"] },
  // An engine implements the stores that the floors below describe.
  {
    place: "storage/sqlite",
    on: ["errors.ts", "accounts", "accounts/throttling", "passes", "audit", "storage"],
    outside: [...library, service, "npm:better-sqlite3", "node:"],
  },
  {
    place: "storage/postgres",
    on: ["errors.ts", "accounts", "accounts/throttling", "passes", "audit", "storage"],
    outside: [...library, "npm:pg", "node:"],
  },
  // It alone chooses an engine for accounts.
  {
    place: "storage/accounts",
    on: [
      "errors.ts",
      "accounts",
      "accounts/throttling",
      "config",
      "passes",
      "audit",
      "storage",
      "storage/sqlite",
      "storage/postgres",
    ],
    outside: ["coatcheck", "npm:pg", "node:"],
  },
  // It alone chooses a store for sessions.
  {
    place: "storage/sessions",
    on: ["errors.ts", "config", "storage", "storage/sqlite"],
    outside: [...library, "npm:ioredis", "npm:pg"],
  },
  // It counts what the parts report, and is handed what it looks at.
  {
    place: "metrics",
    on: ["errors.ts", "http", "config", "passes", "audit"],
    outside: [...program, "npm:prom-client"],
  },
  // An open connection ends with its session, whatever it is used for.
  { place: "proxy/connections", on: ["accounts"], outside: ["coatcheck", "coatcheck/store", "npm:fastify"] },
  // It forwards what was decided, and decides nothing.
  {
    place: "proxy/upstream",
    on: ["one-reading", "http", "routing", "proxy/connections"],
    outside: ["coatcheck", "coatcheck/adapter", "npm:fastify", "npm:undici", "node:"],
  },
  // Who may use a route.
  {
    place: "proxy",
    on: [
      "one-reading",
      "accounts",
      "doors",
      "http",
      "pages",
      "routing",
      "passes",
      "audit",
      "metrics",
      "proxy/upstream",
    ],
    outside: program,
  },
  // An upgrade is decided like a request.
  {
    place: "proxy/websocket",
    on: ["http", "routing", "proxy/connections", "proxy/upstream", "proxy"],
    outside: program,
  },
  // Another proxy asks for the same decision, and forwards by itself.
  {
    place: "forward-auth",
    on: ["one-reading", "doors", "http", "routing", "metrics", "proxy/upstream", "proxy"],
    outside: program,
  },
  // The gateway's own calls. They reach accounts and passes by their interfaces.
  {
    place: "api",
    on: ["errors.ts", "accounts/", "doors", "http", "pages", "config", "passes", "audit"],
    outside: program,
  },
  // What a running gateway does by itself.
  { place: "maintenance", on: ["accounts/credentials", "passes", "audit", "storage/accounts"], outside: program },
  // One HTTP server of all that answers.
  {
    place: "server.ts",
    on: ["accounts/", "doors", "http", "pages", "passes", "audit", "metrics", "proxy", "forward-auth", "api"],
    outside: program,
  },
  // The composition root: stores, clock, settings and server meet here alone.
  {
    place: "gateway.ts",
    on: "all",
    outside: program,
  },
  // A gateway as a process.
  { place: "main.ts", on: ["config", "gateway.ts"], outside: program },
  // It shows everything at once, so it starts the file service and the example besides.
  {
    place: "demo",
    on: ["errors.ts", "accounts", "config", "gateway.ts"],
    outside: [...program, "@coatcheck/files", "@coatcheck/files/", "@coatcheck/example-music/"],
  },
  // Commands open what a gateway opens, without one.
  {
    place: "cli/shared",
    on: [
      "errors.ts",
      "accounts",
      "accounts/passwords",
      "accounts/credentials",
      "config",
      "passes",
      "audit",
      "storage/accounts",
      "storage/sessions",
      "proxy/upstream",
    ],
    outside: program,
  },
  // Each command is a program of its own; one of them is the gateway, one the demo, one the file service.
  {
    place: "cli/commands",
    on: [
      "accounts",
      "accounts/passwords",
      "routing",
      "config",
      "passes",
      "audit",
      "storage/sessions",
      "main.ts",
      "demo",
      "cli/shared",
    ],
    outside: [...program, "@coatcheck/files", "@coatcheck/files/"],
  },
  // It chooses among the commands.
  { place: "cli", on: ["errors.ts", "config", "cli/shared", "cli/commands"], outside: program },
];

const sources = "apps/gateway/src/";

/**
 * Floors as layers of the layer table.
 *
 * @throws RangeError for a floor that stands on one that is not below it
 */
export function floorLayers(list: readonly Floor[] = floors) {
  return list.map(({ place, on, outside = [] }, index) => {
    const below = list.slice(0, index).map((floor) => floor.place);
    const names = on === "all" ? below : on.flatMap((name) => placesCalled(name, below, place));
    return {
      name: `the gateway's ${place}`,
      files: isFile(place)
        ? new RegExp(`^${sources}${place.replace(".", "\\.")}$`)
        : new RegExp(`^${sources}${place}/[^/]+$`),
      imports: [...[place, ...names].map((name) => `${sources}${name}${isFile(name) ? "" : "/*"}`), ...outside],
    };
  });
}

function placesCalled(name: string, below: readonly string[], place: string): readonly string[] {
  const found = name.endsWith("/")
    ? below.filter((one) => `${one}/`.startsWith(name))
    : below.filter((one) => one === name);
  if (found.length === 0)
    throw new RangeError(`${place} stands on ${name}, which is not below it in gateway-floors.ts.`);
  return found;
}

function isFile(place: string): boolean {
  return place.endsWith(".ts");
}
