import { floorLayers } from "./gateway-floors.ts";

export interface Layer {
  readonly name: string;
  /** Which files belong to it, by path from the root of the repository. The first layer that matches has the file. */
  readonly files: RegExp;
  /**
   * What its files may import: paths, workspace packages, other packages (`npm:name`) and Node modules
   * (`node:name`). A name that ends in `/` or `:` stands for everything below it, one that ends in `/*` for the files
   * of that folder alone, and `$1` for what the first group of `files` matched.
   */
  readonly imports: readonly string[];
  /** What its files may import besides, but only as `import type`: it leaves no trace in what runs. */
  readonly types?: readonly string[];
}

const library = "packages/coatcheck/src/";
/** A subpath for each framework, and one for those who write an adapter. */
const doors = ["express", "fastify", "fetch", "hono", "node", "adapter"].map((name) => `coatcheck/${name}`);
const published = [
  "coatcheck",
  ...doors,
  "coatcheck/client",
  "coatcheck/identity",
  "coatcheck/keys",
  "coatcheck/passes",
  "coatcheck/store",
  "coatcheck/stores/",
];
const servers = "@coatcheck/throwaway-servers";

/**
 * The dependency rule. Imports point inwards: errors ← core ← http ← adapters, with the stores beside them, and only
 * applications choose among stores, drivers, the environment and the clock. What is not listed is refused.
 */
export const layers: readonly Layer[] = [
  { name: "errors", files: /^packages\/coatcheck\/src\/errors\.ts$/, imports: [] },
  {
    name: "core",
    files: /^packages\/coatcheck\/src\/core\//,
    imports: [`${library}core/`, `${library}errors.ts`, "node:crypto"],
  },
  {
    name: "http",
    files: /^packages\/coatcheck\/src\/http\//,
    imports: [`${library}http/`, `${library}core/`, `${library}errors.ts`, "node:crypto", "node:net"],
  },
  {
    name: "keys",
    files: /^packages\/coatcheck\/src\/keys\//,
    imports: [`${library}keys/`, `${library}core/`, `${library}errors.ts`, "npm:jose", "node:crypto"],
  },
  {
    // Signatures are jose's. What a token says, and when it is believed, is ours.
    name: "signed tokens",
    files: /^packages\/coatcheck\/src\/signed-tokens\//,
    imports: [`${library}signed-tokens/`, `${library}keys/`, `${library}core/`, `${library}errors.ts`, "npm:jose"],
  },
  {
    // Passes and identity tokens know nothing of each other.
    name: "passes and identity tokens",
    files: /^packages\/coatcheck\/src\/(passes|identity)\//,
    imports: [
      `${library}$1/`,
      `${library}signed-tokens/`,
      `${library}keys/`,
      `${library}core/`,
      `${library}errors.ts`,
      "node:crypto",
    ],
  },
  {
    // A store may describe its driver by the driver's own types, but is handed the client: it loads no driver. Timers
    // are for waiting; what time it is comes from the clock.
    name: "a store",
    files: /^packages\/coatcheck\/src\/stores\/([^/]+?)(?:\.ts$|\/)/,
    imports: [
      `${library}stores/$1.ts`,
      `${library}stores/$1/`,
      `${library}core/aging-copies.ts`,
      `${library}core/bounded-calls.ts`,
      `${library}core/insert-decision.ts`,
      `${library}core/startup-fault.ts`,
      `${library}core/known-options.ts`,
      `${library}core/required-store.ts`,
      `${library}core/written-value.ts`,
      `${library}core/removal-channel.ts`,
      `${library}core/removal-listeners.ts`,
      `${library}core/session-record.ts`,
      `${library}core/session-store.ts`,
      `${library}core/removal-message.ts`,
      `${library}core/clock.ts`,
      `${library}errors.ts`,
      "node:crypto",
      "node:timers/promises",
    ],
    types: [`${library}core/`, "npm:"],
  },
  {
    // It puts the parts together, so it knows the one store that needs nothing but a process, and whether that is live.
    name: "what the adapters have in common",
    files: /^packages\/coatcheck\/src\/adapters\/door\//,
    imports: [
      `${library}adapters/door/`,
      `${library}http/`,
      `${library}core/`,
      `${library}stores/memory.ts`,
      `${library}errors.ts`,
    ],
  },
  {
    // Express is made of Node's own requests and responses.
    name: "the adapter of Express",
    files: /^packages\/coatcheck\/src\/adapters\/express\.ts$/,
    imports: [
      `${library}adapters/door/`,
      `${library}adapters/node/`,
      `${library}http/`,
      `${library}core/awaitable.ts`,
      `${library}errors.ts`,
    ],
    types: [`${library}core/`, "npm:", "node:"],
  },
  {
    name: "an adapter",
    files: /^packages\/coatcheck\/src\/adapters\/([^/]+?)(?:\.ts$|\/)/,
    imports: [
      `${library}adapters/$1.ts`,
      `${library}adapters/$1/`,
      `${library}adapters/door/`,
      `${library}http/`,
      `${library}core/awaitable.ts`,
      `${library}core/fault-warning.ts`,
      `${library}errors.ts`,
    ],
    types: [`${library}core/`, "npm:", "node:"],
  },
  {
    name: "testing",
    files: /^packages\/coatcheck\/src\/testing\//,
    imports: [
      `${library}testing/`,
      `${library}core/`,
      `${library}http/`,
      `${library}errors.ts`,
      "node:assert/strict",
      "node:crypto",
    ],
    types: ["npm:"],
  },
  {
    // It runs in browsers, by itself.
    name: "the client",
    files: /^packages\/coatcheck\/src\/client\.ts$/,
    imports: [],
  },
  {
    name: "the index",
    files: /^packages\/coatcheck\/src\/(?:index|adapter)\.ts$/,
    imports: [`${library}core/`, `${library}http/`, `${library}errors.ts`],
  },
  {
    name: "the store contract",
    files: /^packages\/coatcheck\/src\/store\.ts$/,
    imports: [`${library}core/`],
  },
  {
    // Tests alone may import `coatcheck/testing`. What has no subpath of its own is tested where it is.
    name: "a library test",
    files: /^packages\/coatcheck\/test\//,
    imports: ["packages/coatcheck/", ...published, "coatcheck/testing", servers, "npm:", "node:"],
  },
  {
    // It knows nothing of what it serves, and needs nothing that is to be installed by npm.
    name: "throwaway servers",
    files: /^packages\/throwaway-servers\/src\//,
    imports: ["packages/throwaway-servers/src/", "node:"],
  },
  {
    name: "a test of throwaway servers",
    files: /^packages\/throwaway-servers\/test\//,
    imports: ["packages/throwaway-servers/", servers, "npm:vitest", "node:"],
  },
  {
    // What a service is as a program. It knows neither sessions nor files.
    name: "the common part of services",
    files: /^packages\/service\/src\//,
    imports: ["packages/service/src/", "npm:fastify", "node:"],
  },
  {
    name: "a test of the common part of services",
    files: /^packages\/service\/test\//,
    imports: ["packages/service/", "npm:fastify", "npm:vitest", "node:"],
  },
  { name: "the pages", files: /^apps\/web\/src\//, imports: ["apps/web/src/"] },
  ...floorLayers(),
  {
    // It knows nothing of sessions and users: that it cannot is the point of it.
    name: "the file service",
    files: /^apps\/files\/src\//,
    imports: ["apps/files/src/", "coatcheck/keys", "coatcheck/passes", "@coatcheck/service/", "npm:", "node:"],
  },
  {
    name: "an example",
    files: /^(examples\/[^/]+)\/src\//,
    imports: ["$1/src/", ...published, "@coatcheck/service/", "npm:", "node:"],
  },
  { name: "a script that writes a source file", files: /^apps\/[^/]+\/scripts\//, imports: ["node:"] },
  {
    // It is there before the build is, and looks whether there is something to load.
    name: "a command's shim",
    files: /^(apps\/[^/]+)\/bin\//,
    imports: ["$1/dist/", "node:fs", "computed:"],
  },
  {
    name: "an application's test",
    files: /^((?:apps|examples)\/[^/]+)\/test\//,
    imports: [
      "$1/",
      ...published,
      "coatcheck/testing",
      servers,
      "@coatcheck/service/settings/",
      "@coatcheck/e2e/chromium",
      "npm:",
      "node:",
    ],
  },
  {
    name: "a tool's configuration",
    files: /^(?:apps|examples|packages)\/[^/]+\/[^/]+\.config\.ts$/,
    imports: ["npm:", "node:"],
  },
  {
    name: "a benchmark",
    files: /^benchmarks\//,
    imports: [
      "benchmarks/",
      ...published,
      servers,
      "@coatcheck/files",
      "@coatcheck/files/",
      "@coatcheck/gateway/",
      "npm:",
      "node:",
    ],
  },
  {
    name: "an end-to-end test",
    files: /^e2e\//,
    imports: ["e2e/", ...published, "coatcheck/testing", servers, "@coatcheck/example-music/", "npm:", "node:"],
  },
  {
    // It writes down what the tables of settings say.
    name: "the tool that writes settings",
    files: /^tools\/(?:write-settings\.ts$|settings\/|test\/settings\/)/,
    imports: [
      "tools/",
      "@coatcheck/gateway/route-fields",
      "@coatcheck/gateway/settings",
      "@coatcheck/files/settings",
      "@coatcheck/service/settings/",
      "npm:",
      "node:",
    ],
  },
  { name: "a tool", files: /^tools\//, imports: ["tools/", "npm:", "node:"] },
];

/** Re-exports belong here and nowhere else: elsewhere they hide where a name comes from. */
export const barrels: readonly string[] = [
  `${library}index.ts`,
  `${library}identity/index.ts`,
  `${library}keys/index.ts`,
  `${library}passes/index.ts`,
  `${library}store.ts`,
  `${library}adapter.ts`,
  `${library}testing/index.ts`,
  "packages/throwaway-servers/src/index.ts",
];

/** Where source files are looked for. */
export const folders: readonly string[] = ["packages", "apps", "examples", "benchmarks", "e2e", "tools"];
