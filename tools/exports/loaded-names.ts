import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { NameSnapshot } from "./name-snapshot.ts";
import type { PackedLibrary } from "./packed-library.ts";

const run = promisify(execFile);

/**
 * Loads each subpath of the packed library where nothing else is installed than it declares, which proves that it needs
 * no more and that no file it needs was left out, and compares what it finds there with what the types promise.
 */
export async function loadingProblems(library: PackedLibrary, promised: NameSnapshot): Promise<readonly string[]> {
  const script = join(library.installation, "load.mjs");
  await writeFile(script, "console.log(JSON.stringify(Object.keys(await import(process.argv[2]))));\n");
  const problems = Object.entries(promised).map(async ([specifier, names]) => {
    const values = Object.keys(names).filter((name) => names[name] === "value");
    try {
      const { stdout } = await run(process.execPath, [script, specifier], { cwd: library.installation });
      const found: readonly string[] = JSON.parse(stdout);
      return [
        ...values
          .filter((name) => !found.includes(name))
          .map((name) => `${specifier}: ${name} is declared, but not there.`),
        ...found
          .filter((name) => !values.includes(name))
          .map((name) => `${specifier}: ${name} is there, but not declared.`),
      ];
    } catch (error) {
      const reason = /^\w*Error.*$/m.exec(String(error instanceof Error ? error.message : error))?.[0];
      return [`${specifier} cannot be loaded by itself: ${reason ?? error}`];
    }
  });
  return (await Promise.all(problems)).flat();
}
