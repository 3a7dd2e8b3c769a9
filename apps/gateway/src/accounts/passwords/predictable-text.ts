import { predictableWords } from "./predictable-words.ts";

/** How much of a text consists of parts that a guesser tries first. */
export interface Predictability {
  /** The characters that are left to guess. Each known part counts as one character, and its repetitions as none. */
  readonly charactersToGuess: number;
  /** Whether some of the known parts are the words that the caller passed in. */
  readonly usesWords: boolean;
}

/** A stretch of the text that a guesser tries as a whole. */
interface Part {
  readonly name: string;
  readonly length: number;
  readonly kind: "known" | "given" | "separator" | "character";
}

const SHORTEST_WORD = 3;
const LONGEST_WORD = 24;
const SHORTEST_REPEAT = 3;
const SHORTEST_RUN = 4;
const SHORTEST_DIGIT_RUN = 3;
const SEPARATOR = /^[\s\p{P}]$/u;
const YEAR = /^(19|20)\d\d$/;

// Runs of keys that fingers follow on a keyboard, row by row and zigzag, on the layouts of most of Europe and America.
const RUNS: readonly string[] = [
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890",
  "qwertyuiop[]",
  "qwertzuiopü",
  "azertyuiop",
  "asdfghjkl;'",
  "qsdfghjklm",
  "zxcvbnm,./",
  "yxcvbnm,.-",
  "!@#$%^&*()_+",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
  "qazwsxedcrfvtgbyhnujmik,ol.p;/",
  "q1w2e3r4t5y6u7i8o9p0",
  "1q2w3e4r5t6y7u8i9o0p",
  "112233445566778899",
  "aabbccddeeff",
].flatMap((run) => [run, [...run].reverse().join("")]);

const UNDISGUISED: readonly Readonly<Record<string, string>>[] = ["i", "l"].map((one) => ({
  "0": "o",
  "1": one,
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
}));

/**
 * Measures how much of a text in lower case is left to guess if each word of a common password, given word, year,
 * repeat and keyboard run counts as one guess, "p4ssw0rd" for "password" included. A separator between them counts
 * once, because a guesser who tries one tries it everywhere.
 */
export function measurePredictability(text: string, words: ReadonlySet<string>): Predictability {
  const parts = shortestCover([...text], words);
  const distinct = new Set<string>();
  let charactersToGuess = 0;
  for (const part of parts) {
    const key = `${part.kind} ${part.name}`;
    if (part.kind === "character" || !distinct.has(key)) charactersToGuess++;
    distinct.add(key);
  }
  return { charactersToGuess, usesWords: parts.some((part) => part.kind === "given") };
}

/** The shortest series of characters that gives the text when repeated; the last repetition may be incomplete. */
export function repeatedUnit(characters: readonly string[]): readonly string[] {
  for (let length = 1; length <= characters.length / 2; length++) {
    if (characters.every((character, index) => character === characters[index % length])) {
      return characters.slice(0, length);
    }
  }
  return characters;
}

/** Cuts the text into as few parts as possible, from its end: the best cover of each rest is known before it is used. */
function shortestCover(characters: readonly string[], words: ReadonlySet<string>): readonly Part[] {
  const spellings = spellingsOf(characters);
  const covers: { readonly cost: number; readonly part: Part | null }[] = [];
  covers[characters.length] = { cost: 0, part: null };
  for (let start = characters.length - 1; start >= 0; start--) {
    let best: { readonly cost: number; readonly part: Part | null } = { cost: Number.POSITIVE_INFINITY, part: null };
    for (const part of partsAt(characters, spellings, start, words)) {
      const cost = (part.kind === "separator" ? 0 : 1) + (covers[start + part.length]?.cost ?? 0);
      if (cost < best.cost) best = { cost, part };
    }
    covers[start] = best;
  }
  const parts: Part[] = [];
  for (let start = 0, part = covers[0]?.part; part; start += part.length, part = covers[start]?.part) parts.push(part);
  return parts;
}

/** The parts that begin at `start`. */
function partsAt(
  characters: readonly string[],
  spellings: readonly (readonly string[])[],
  start: number,
  words: ReadonlySet<string>,
): readonly Part[] {
  const character = characters[start] ?? "";
  const parts: Part[] = [{ kind: SEPARATOR.test(character) ? "separator" : "character", name: character, length: 1 }];
  const repeats = lengthOfRepeat(characters, start);
  if (repeats >= SHORTEST_REPEAT) parts.push({ kind: "known", name: `repeat ${character}`, length: repeats });
  const run = runAt(characters, start);
  if (run !== null) parts.push({ kind: "known", name: run, length: run.length });
  const year = characters.slice(start, start + 4).join("");
  if (YEAR.test(year)) parts.push({ kind: "known", name: year, length: 4 });

  for (const spelling of spellings) {
    let word = spelling.slice(start, start + SHORTEST_WORD - 1).join("");
    const end = Math.min(spelling.length, start + LONGEST_WORD);
    for (let next = start + SHORTEST_WORD - 1; next < end; next++) {
      word += spelling[next];
      const length = next + 1 - start;
      if (words.has(word)) parts.push({ kind: "given", name: word, length });
      else if (predictableWords.has(word)) parts.push({ kind: "known", name: word, length });
    }
  }
  return parts;
}

function lengthOfRepeat(characters: readonly string[], start: number): number {
  let end = start + 1;
  while (end < characters.length && characters[end] === characters[start]) end++;
  return end - start;
}

function runAt(characters: readonly string[], start: number): string | null {
  let longest = "";
  for (let end = start + SHORTEST_DIGIT_RUN; end <= characters.length; end++) {
    const text = characters.slice(start, end).join("");
    if (!RUNS.some((run) => run.includes(text))) break;
    longest = text;
  }
  const isLongEnough = longest.length >= (/^\d+$/.test(longest) ? SHORTEST_DIGIT_RUN : SHORTEST_RUN);
  return isLongEnough ? longest : null;
}

/** The text as given, and with its disguises removed: "1" hides an i or an l. */
function spellingsOf(characters: readonly string[]): readonly (readonly string[])[] {
  return [characters, ...UNDISGUISED.map((letters) => characters.map((character) => letters[character] ?? character))];
}
