import type { SourceFile } from "../source/source-files.ts";
import { proseOf } from "./prose.ts";

/** Words that stand for a person or a thing without saying which. */
const VAGUE = /\b(?:whoever|whomever|whosever|whom|nobody|somebody|anybody|everybody)\b/gi;

/** Between two sentences: a mark at the end of one, the edge of a table's cell, an empty line, or another item. */
const BOUNDARY = /(?<=[.:;!?])\s|\||\n\s*\n|\n(?=\s*(?:[-*]|\d+\.)\s)/;

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly word: string;
  /** The sentence around it, on one line. */
  readonly sentence: string;
}

/** Where the prose of a file does not say who is meant. */
export function vagueSentences(file: SourceFile): readonly Finding[] {
  const prose = proseOf(file);
  return [...prose.matchAll(VAGUE)].map(({ 0: word, index }) => ({
    path: file.path,
    line: prose.slice(0, index).split("\n").length,
    word: word.toLowerCase(),
    sentence: sentenceAround(file.text, prose, index),
  }));
}

function sentenceAround(text: string, prose: string, index: number): string {
  const before = prose.slice(0, index).split(BOUNDARY).at(-1) ?? "";
  const after = prose.slice(index).split(BOUNDARY)[0] ?? "";
  const lines = text.slice(index - before.length, index + after.length).split("\n");
  // The marks of a comment are in the text, and not in the prose.
  const words = lines.map((line) => line.replace(/^\s*(?:\/\/+|\/?\*+\/?|#+|--)\s|\*\/\s*$/g, "").trim());
  return words.filter((line) => line !== "").join(" ");
}
