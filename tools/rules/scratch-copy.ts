import { cp, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Rule } from "./rule.ts";
import { textWithout } from "./rule-place.ts";

/** What is copied: sources that a rule may live in, their tests, and what tells vitest how to run them. */
const COPIED = [
  "packages",
  "apps",
  "examples",
  "tools/tests",
  "package.json",
  "vitest.config.ts",
  "tsconfig.base.json",
];

/** What is built from sources must not stand in for sources that were changed. */
const LEFT_OUT = new Set(["node_modules", "dist", ".coatcheck"]);

/**
 * A copy of the workspaces in a temporary folder, in which one rule at a time can be taken out. Its `node_modules`
 * leads to the repository's, except for the workspaces themselves: an import of "coatcheck" finds the copy.
 */
export class ScratchCopy {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async of(repository: string): Promise<ScratchCopy> {
    const root = await realpath(await mkdtemp(join(tmpdir(), "coatcheck-rules-")));
    for (const name of COPIED) {
      const filter = (path: string): boolean => !LEFT_OUT.has(basename(path));
      await cp(join(repository, name), join(root, name), { recursive: true, filter });
    }
    await linkModules(join(repository, "node_modules"), join(root, "node_modules"));
    return new ScratchCopy(root);
  }

  /** Runs `attempt` while the rule's code is replaced, and puts the file back as it was. */
  async without<Result>(rule: Rule, attempt: () => Promise<Result>): Promise<Result> {
    const file = join(this.root, rule.source);
    const original = await readFile(file, "utf8");
    await writeFile(file, textWithout(rule, original));
    try {
      return await attempt();
    } finally {
      await writeFile(file, original);
    }
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** npm installs a workspace as a relative link: repeated in the copy, it leads to the copied workspace. */
async function linkModules(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [original, link] = [join(from, entry.name), join(to, entry.name)];
    if (entry.name.startsWith(".")) continue;
    if (entry.name.startsWith("@")) await linkModules(original, link);
    else await symlink(entry.isSymbolicLink() ? await readlink(original) : original, link);
  }
}
