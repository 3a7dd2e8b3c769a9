import { leniently } from "./lenient-text.ts";

/**
 * A path as a service may read it that is less exact than the gateway. Such a service decodes again, ignores accents or
 * doubled slashes, cuts at ";" or ":", drops a dot at the end of a name, or routes by the text after a script's name.
 * Paths that any such service takes for the same have the same loose reading.
 */
export interface LooseReading {
  /** The reading with upper and lower case distinct. */
  readonly text: string;
  /** The reading for a service that ignores case. */
  readonly folded: string;
  /** The path to the script that the reading leaves out, as "/index.php/"; null if it leaves out none. */
  readonly script: string | null;
}

/** Most paths: apart from case, they have only one reading. */
const PLAIN = /^(?:\/[\w~-]+(?:\.[\w~-]+)*)*\/?$/;
/** A program that receives the rest of the path (PATH_INFO). */
const SCRIPT = /\.(php\d*|phtml|phar|f?cgi|pl|py|rb|lua|sh|aspx?|ashx|asmx|jspx?|do|action|cf[cm])$/i;
const MAXIMUM_SCRIPTS = 3;

/**
 * The readings of a decided path (`RequestTarget.path`), that of the whole path first. Null if one of them has a dot
 * segment or a control character, which no allowance permits.
 */
export function looseReadings(path: string): readonly LooseReading[] | null {
  if (PLAIN.test(path)) return withScripts(path.slice(1).split("/"));
  const texts = leniently(path);
  if (texts === null) return null;
  const readings: LooseReading[] = [];
  for (const text of texts) {
    const names = namesIn(text);
    const found = names === null ? null : withScripts(names);
    if (found === null) return null;
    readings.push(...found);
  }
  return readings;
}

/** The names between the slashes, the last one empty for a folder; null if one of them is a dot segment. */
function namesIn(text: string): readonly string[] | null {
  const names: string[] = [];
  for (const part of text.split(/[/\\]/)) {
    const name = part.split(/[;:]/, 1)[0] ?? "";
    if (/^ *\.\.? *$/.test(name)) return null;
    names.push(withoutDotsAtEnd(name));
  }
  const isFolder = names.at(-1) === "";
  const kept = names.filter((name) => name !== "");
  return isFolder ? [...kept, ""] : kept;
}

/** Windows opens the same file with and without dots and spaces at the end. */
function withoutDotsAtEnd(name: string): string {
  let end = name.length;
  while (end > 0 && ". ".includes(name.charAt(end - 1))) end--;
  return name.slice(0, end);
}

function withScripts(names: readonly string[]): readonly LooseReading[] | null {
  const readings = [reading(names, null)];
  for (const [index, name] of names.entries()) {
    if (index === names.length - 1 || !SCRIPT.test(name)) continue;
    if (readings.length > MAXIMUM_SCRIPTS * 2) return null;
    const script = `${joined(names.slice(0, index + 1)).toLowerCase()}/`;
    const rest = names.slice(index + 1);
    readings.push(reading([...names.slice(0, index), ...rest], script), reading(rest, script));
  }
  return readings;
}

function reading(names: readonly string[], script: string | null): LooseReading {
  const text = joined(names);
  // To upper case and back, for letters that are the same only in upper case, as "ß" and "ss" are.
  return { text, folded: text.toUpperCase().toLowerCase(), script };
}

function joined(names: readonly string[]): string {
  return `/${names.join("/")}`;
}
