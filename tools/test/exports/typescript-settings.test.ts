import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { type PackedLibrary, withPackedLibrary } from "../../exports/packed-library.ts";
import { publicSubpaths } from "../../exports/public-subpaths.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../../..");
const packageFolder = join(root, "packages/coatcheck");
/** A version that still knows the older settings. */
const compiler = join(
  dirname(createRequire(join(root, "tools/reference/package.json")).resolve("typescript/package.json")),
  "bin/tsc",
);

const settings = {
  "commonjs, node10": { type: "commonjs", module: "commonjs", moduleResolution: "node10", ignoreDeprecations: "6.0" },
  "node16, in an ES package": { type: "module", module: "node16" },
  "node20, in a CommonJS package": { type: "commonjs", module: "node20" },
} as const;

/** What each setting makes of a program that imports all that the library publishes: complaints, and its output. */
const results = new Map<string, { readonly complaints: string; readonly printed: string }>();

beforeAll(async () => {
  const specifiers = (await publicSubpaths(packageFolder)).map(({ specifier }) => specifier);
  await withPackedLibrary(packageFolder, async (library) => {
    for (const [name, options] of Object.entries(settings))
      results.set(name, await tryWith(library, specifiers, options));
  });
}, 120_000);

for (const name of Object.keys(settings)) {
  test(`TypeScript finds the types of every subpath, and the program runs, with ${name}`, () => {
    expect(results.get(name)).toEqual({ complaints: "", printed: "logged_in\n" });
  });
}

async function tryWith(
  { installation }: PackedLibrary,
  specifiers: readonly string[],
  { type, ...options }: { readonly type: string; readonly module: string },
) {
  const folder = join(installation, `${type}-${options.module}`);
  await mkdir(folder);
  const imports = specifiers.map((specifier, index) => `import * as all${index} from "${specifier}";`);
  const uses = specifiers.map((_, index) => `all${index}`).join(", ");
  await writeFile(join(folder, "package.json"), JSON.stringify({ type }));
  await writeFile(
    join(folder, "types.ts"),
    `${imports.join("\n")}\nexport const all: readonly object[] = [${uses}];\n`,
  );
  await writeFile(join(folder, "program.ts"), PROGRAM);
  const compilerOptions = {
    target: "es2022",
    strict: true,
    skipLibCheck: true,
    lib: ["es2023"],
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
    outDir: "out",
    rootDir: ".",
    ...options,
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const { stdout: complaints } = await run(process.execPath, [compiler, "-p", folder]).catch((error) => error);
  const { stdout: printed } = await run(process.execPath, [join(folder, "out/program.js")]).catch((error) => ({
    stdout: String(error),
  }));
  return { complaints, printed };
}

/** The types are really there: one that is missing, or `any`, would let the second line through. */
const PROGRAM = `import { SessionManager } from "coatcheck";
import type { SessionStore } from "coatcheck/store";
import { MemorySessionStore } from "coatcheck/stores/memory";

const store: SessionStore = new MemorySessionStore();
// @ts-expect-error: there is no such method
void store.noSuchMethod;
async function logIn(): Promise<string> {
  const sessions = new SessionManager({ store });
  return (await sessions.login(await sessions.begin("ada"))).outcome;
}
void logIn().then((outcome) => console.log(outcome));
`;
