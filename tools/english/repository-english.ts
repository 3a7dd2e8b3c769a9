import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readSourceFiles, type SourceFile } from "../source/source-files.ts";
import { type Finding, vagueSentences } from "./plain-english.ts";

/** What is let through, and why. */
export interface Exceptions {
  readonly sentences: readonly { readonly path: string; readonly sentence: string; readonly reason: string }[];
  /** Folders, which end in a slash, and files. */
  readonly unfinished: readonly string[];
}

export interface EnglishReport {
  readonly files: number;
  readonly problems: readonly string[];
  /** How many sentences are left in what is unfinished. */
  readonly left: ReadonlyMap<string, number>;
}

const WRITTEN = /\.(?:md|[cm]?[jt]sx?|css|sql|html|pml|sh|yml|py|pl)$|^\.ci\/[^.]+$/;

/** Holds comments and documents of the repository at `root` to sentences that say who does what. */
export async function checkEnglish(root: string, { sentences, unfinished }: Exceptions): Promise<EnglishReport> {
  const files = await writtenFiles(root);
  const findings = files.flatMap(vagueSentences);
  const left = new Map(
    unfinished.map((place) => [place, findings.filter(({ path }) => path.startsWith(place)).length]),
  );
  const excused = (finding: Finding) =>
    unfinished.some((place) => finding.path.startsWith(place)) ||
    sentences.some(({ path, sentence }) => path === finding.path && finding.sentence.includes(sentence));
  const needless = sentences.filter(
    ({ path, sentence }) => !findings.some((finding) => finding.path === path && finding.sentence.includes(sentence)),
  );
  return {
    files: files.length,
    left,
    problems: [
      ...findings.filter((finding) => !excused(finding)).map(complaintAbout),
      ...needless.map(
        ({ path, sentence }) => `${path} no longer says: ${sentence} Take it off the list of exceptions.`,
      ),
      ...[...left]
        .filter(([, count]) => count === 0)
        .map(([place]) => `${place} is clean. Take it off the unfinished.`),
    ],
  };
}

function complaintAbout({ path, line, word, sentence }: Finding): string {
  return `${path}:${line} ${word}: ${sentence}\n  Say who or what it is: the caller, a visitor, the store, no process, another user.`;
}

async function writtenFiles(root: string): Promise<readonly SourceFile[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !/^(?:\.git|node_modules)$/.test(entry.name));
  const names = entries.filter((entry) => entry.isFile() && WRITTEN.test(entry.name)).map(({ name }) => name);
  const own = names.sort().map(async (path) => ({ path, text: await readFile(join(root, path), "utf8") }));
  const nested = await readSourceFiles(
    root,
    folders.map(({ name }) => name),
    WRITTEN,
  );
  return [...(await Promise.all(own)), ...nested];
}
