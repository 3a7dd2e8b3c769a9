import { posix } from "node:path";
import type { SourceFile } from "../source/source-files.ts";

/** What documents may speak of. */
export interface Surroundings {
  /** Says whether a path, from the root of the repository, is there. */
  readonly exists: (path: string) => boolean;
  /** The anchors of a document; null where there is no such document. */
  readonly anchors: (path: string) => ReadonlySet<string> | null;
  /** The scripts of the root package.json. */
  readonly scripts: ReadonlySet<string>;
  /** The library's subpaths, as they are imported. */
  readonly published: ReadonlySet<string>;
  /** The folders at the root: a code span that begins with one of them is a path. */
  readonly folders: readonly string[];
}

/** Where a Markdown document speaks of what is not there: links, paths, `npm run` scripts and subpaths of the library. */
export function documentProblems(document: SourceFile, surroundings: Surroundings): readonly string[] {
  const lines = document.text.split("\n");
  const fenced = fencedLines(lines);
  return lines.flatMap((line, index) => {
    const objections = [
      ...(fenced[index] === true
        ? []
        : [...missingLinks(line, document, surroundings), ...missingPaths(line, surroundings)]),
      ...missingScripts(line, surroundings),
      ...missingSubpaths(line, surroundings),
    ];
    return objections.map((objection) => `${document.path}:${index + 1} ${objection}`);
  });
}

/** Which lines belong to a block of code. */
function fencedLines(lines: readonly string[]): readonly boolean[] {
  let inside = false;
  return lines.map((line) => {
    const isFence = /^\s*(?:```|~~~)/.test(line);
    if (isFence) inside = !inside;
    return inside || isFence;
  });
}

function missingLinks(line: string, document: SourceFile, { exists, anchors }: Surroundings): readonly string[] {
  const targets = [...line.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
  const local = targets.filter((target) => !/^[a-z]+:/.test(target));
  const isMissing = (target: string) => {
    const [file = "", anchor] = target.split("#");
    const path = file === "" ? document.path : posix.join(posix.dirname(document.path), file);
    return !exists(path) || (anchor !== undefined && anchors(path)?.has(anchor) === false);
  };
  return local.filter(isMissing).map((target) => `links to ${target}, which is not there.`);
}

function missingPaths(line: string, { exists, folders }: Surroundings): readonly string[] {
  const spans = [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
  const paths = spans.filter(
    (span) => folders.some((folder) => span.startsWith(`${folder}/`)) && /^[\w./-]+$/.test(span),
  );
  return paths.filter((path) => !exists(path)).map((path) => `speaks of ${path}, which is not there.`);
}

function missingScripts(line: string, { scripts }: Surroundings): readonly string[] {
  const names = [...line.matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map((match) => match[1] ?? "");
  return names.filter((name) => !scripts.has(name)).map((name) => `speaks of npm run ${name}, which is no script.`);
}

function missingSubpaths(line: string, { published }: Surroundings): readonly string[] {
  const names = [...line.matchAll(/["'`](coatcheck\/[\w/-]+)["'`]/g)].map((match) => match[1] ?? "");
  return names
    .filter((name) => !published.has(name))
    .map((name) => `speaks of ${name}, which the library does not publish.`);
}
