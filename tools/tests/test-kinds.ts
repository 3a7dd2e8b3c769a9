/** What a test file needs to run. Its name says so by the word before `.test.ts`, or its folder does. */
export interface TestKind {
  /** That word, and the name of the kind's vitest project. */
  readonly name: string;
  /** Folders whose tests are all of this kind, so that their names need not say it. */
  readonly folders: readonly string[];
  /** Whether each file has a process of its own. To start it, and to load the sources anew, costs half a second. */
  readonly isolate: boolean;
}

/** Kinds other than unit tests. A file that needs two of them has the name of the one that comes first. */
export const specialKinds: readonly TestKind[] = [
  // A browser.
  { name: "browser", folders: ["e2e/test/"], isolate: true },
  // What the tools need: compilers, npm, copies of the repository.
  { name: "tools", folders: ["tools/test/"], isolate: true },
  // Processes: Redis, Postgres, nginx, a gateway, a command, a bundler.
  {
    name: "servers",
    folders: [
      "apps/files/test/process/",
      "apps/gateway/test/cli/",
      "apps/gateway/test/gateway/",
      "apps/gateway/test/process/",
      "packages/coatcheck/test/bundled/",
      "packages/coatcheck/test/quick-starts/",
      "packages/coatcheck/test/stores/redis-faults/",
      "packages/throwaway-servers/test/",
    ],
    isolate: true,
  },
  // Sockets of the test's own process.
  { name: "http", folders: ["apps/files/test/service/", "packages/coatcheck/test/adapters/"], isolate: false },
  // Files that are written, of databases above all.
  { name: "files", folders: [], isolate: false },
];

/** The kind of all other tests: they need no more than their own thread. */
export const UNIT = "unit";

/** @param path of a test file, from the root of the repository */
export function kindOf(path: string): string {
  const kind = specialKinds.find(
    ({ name, folders }) => path.endsWith(`.${name}.test.ts`) || folders.some((folder) => path.startsWith(folder)),
  );
  return kind?.name ?? UNIT;
}

/** All test files, as patterns for vitest. */
const testPatterns: readonly string[] = [
  "{packages,apps,examples}/*/test/**/*.test.ts",
  "{e2e,tools,benchmarks}/test/**/*.test.ts",
];

/** The same rule as `kindOf`, as patterns for vitest: what the kind has, and which of it a kind before it takes. */
export function patternsOf(kind: string): { readonly include: string[]; readonly exclude: string[] } {
  const position = specialKinds.findIndex(({ name }) => name === kind);
  const own = specialKinds[position];
  if (own === undefined) return { include: [...testPatterns], exclude: specialKinds.flatMap(ownPatterns) };
  return { include: ownPatterns(own), exclude: specialKinds.slice(0, position).flatMap(ownPatterns) };
}

function ownPatterns({ name, folders }: TestKind): string[] {
  const named = testPatterns.map((pattern) => pattern.replace("*.test.ts", `*.${name}.test.ts`));
  return [...named, ...folders.map((folder) => `${folder}**/*.test.ts`)];
}
