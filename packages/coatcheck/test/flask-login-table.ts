/** What the page may speak of. */
export interface Surroundings {
  /** The library's public names. */
  readonly exported: ReadonlySet<string>;
  /** The library's sources, all of them. */
  readonly sources: readonly string[];
  /** The text of a file below the library's tests; null if there is none. */
  readonly readTest: (path: string) => string | null;
}

/** A row: Flask-Login's names, ours, and what differs. */
interface Row {
  readonly theirs: readonly string[];
  readonly ours: string;
  readonly difference: string;
}

const NOTHING = "—";
const PUBLIC_NAME = /^([A-Za-z]\w*)(?:\.(\w+))?$/;
const DOTTED_NAME = /^[A-Z]\w*(?:\.\w+)?$/;
const NAMED_TEST = /^`([\w/.-]+)`: (.+)$/;

/** Flask-Login's names in the first column of the tables below a heading of the second level. */
export function theirNames(page: string, heading: string): readonly string[] {
  return rowsBelow(page, heading).flatMap(({ theirs }) => theirs);
}

/** Where the page says what is not so: names that the library does not export or have, tests that are not there. */
export function tableProblems(page: string, surroundings: Surroundings): readonly string[] {
  const names = rowsBelow(page, "Names").flatMap((row) => nameProblems(row, surroundings));
  const tests = rowsBelow(page, "Tests").flatMap((row) => testProblems(row, surroundings));
  return [...names, ...tests];
}

function rowsBelow(page: string, heading: string): readonly Row[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const lines = section.split("\n").filter((line) => /^\| (?!Flask-Login \|)/.test(line));
  return lines.map((line) => {
    const [, theirs = "", ours = "", difference = ""] = line.split("|").map((cell) => cell.trim());
    return { theirs: codeSpans(theirs), ours, difference };
  });
}

function nameProblems({ theirs, ours, difference }: Row, surroundings: Surroundings): readonly string[] {
  if (ours === NOTHING) return unexplained(theirs, difference);
  const spans = codeSpans(ours);
  const claims = [...spans, ...codeSpans(difference).filter((span) => DOTTED_NAME.test(span))];
  const missing = claims.filter((name) => !isPublic(name, surroundings)).map((name) => `${name} is not there.`);
  return spans.length === 0 ? [`${theirs} has no name here.`, ...missing] : missing;
}

function testProblems({ theirs, ours, difference }: Row, { readTest }: Surroundings): readonly string[] {
  if (ours === NOTHING) return unexplained(theirs, difference);
  return ours.split("<br>").flatMap((claim) => {
    const [, path, title] = NAMED_TEST.exec(claim) ?? [];
    if (path === undefined || title === undefined) return [`${theirs}: "${claim}" names no test.`];
    const text = readTest(path);
    if (text === null) return [`${path} is not there.`];
    return hasTest(text, title) ? [] : [`${path} has no test "${title}".`];
  });
}

function unexplained(theirs: readonly string[], difference: string): readonly string[] {
  return difference === "" ? [`${theirs} has nothing here, and no reason.`] : [];
}

/** A name, or a member of what has that name. */
function isPublic(claim: string, { exported, sources }: Surroundings): boolean {
  const [, name = "", member] = PUBLIC_NAME.exec(claim) ?? [];
  if (!exported.has(name)) return false;
  return member === undefined || sources.some((source) => declares(source, name, member));
}

/** Sources are formatted: a declaration ends with the first brace at the beginning of a line, and indents by two. */
function declares(source: string, name: string, member: string): boolean {
  const [, body] = new RegExp(`^export (?:class|interface|const) ${name}\\b(.*?)^\\}`, "ms").exec(source) ?? [];
  return new RegExp(`^ {2}(?:readonly |async |get )*${member}[?(<:]`, "m").test(body ?? "");
}

/** A test of that title, or a row of that name in the table of one. */
function hasTest(text: string, title: string): boolean {
  const literal = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?:\\btest\\(|\\)\\(|\\[)\\s*(["\`])${literal}\\1,`).test(text);
}

function codeSpans(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
}
