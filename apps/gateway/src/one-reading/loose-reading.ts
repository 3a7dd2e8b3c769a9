import { leniently } from "./lenient-text.ts";

/**
 * What a service may take a path for that is less exact than we are: it decodes again, takes no notice of accents or of
 * doubled slashes, cuts at ";" or ":", leaves out a dot at the end of a name, or goes by what follows a script's name.
 * All that is taken for the same by any of those has the same loose reading.
 */
export interface LooseReading {
  /** Upper and lower case told apart. */
  readonly text: string;
  /** The same for a service that does not tell them apart. */
  readonly folded: string;
  /** The path to the script that the reading leaves out, as "/index.php/"; null where it leaves out none. */
  readonly script: string | null;
}

/** Most paths: nothing in them is read in another way, but for their case. */
const PLAIN = /^(?:\/[\w~-]+(?:\.[\w~-]+)*)*\/?$/;
/** A program that is handed the rest of the path (PATH_INFO). */
const SCRIPT = /\.(php\d*|phtml|phar|f?cgi|pl|py|rb|lua|sh|aspx?|ashx|asmx|jspx?|do|action|cf[cm])$/i;
const MAXIMUM_SCRIPTS = 3;

/**
 * The readings of a path that was decided (`RequestTarget.path`), the one of the whole path first; null where one of them
 * has a step elsewhere or a control character, which nothing can allow.
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

/** The names between the slashes, the last one empty for a folder; null where one of them is a step. */
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

/** Windows opens the same file. */
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
  // There and back, for letters that are the same in upper case alone, as "ß" and "ss" are.
  return { text, folded: text.toUpperCase().toLowerCase(), script };
}

function joined(names: readonly string[]): string {
  return `/${names.join("/")}`;
}
