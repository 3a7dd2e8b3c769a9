import { namedCode, type Stretch } from "../source/named-code.ts";
import type { Rule } from "./rule.ts";

/** Where the code of a rule is, or why it is not found. `similar` are the names of the file that come close. */
export type RulePlace =
  | { readonly outcome: "found"; readonly stretch: Stretch }
  | { readonly outcome: "name_missing"; readonly similar: readonly string[] }
  | { readonly outcome: "code_not_once"; readonly times: number };

/** Finds the code that a rule takes out in `text`, which is its file. */
export function findRule({ within, replace }: Rule, text: string): RulePlace {
  const named = namedCode(text);
  const stretches = named.get(within);
  if (stretches === undefined) return { outcome: "name_missing", similar: similarNames(within, [...named.keys()]) };
  const found = stretches.flatMap((stretch) => occurrences(replace, text, stretch));
  const [stretch] = found;
  if (stretch === undefined || found.length > 1) return { outcome: "code_not_once", times: found.length };
  return { outcome: "found", stretch };
}

/**
 * The file without the rule.
 *
 * @throws Error if the rule is not found
 */
export function textWithout(rule: Rule, text: string): string {
  const place = findRule(rule, text);
  if (place.outcome !== "found")
    throw new Error(`${rule.within} does not have the code of this rule once: ${rule.rule}`);
  return text.slice(0, place.stretch.start) + rule.with + text.slice(place.stretch.end);
}

/** White space is equal to any other, and around the code it does not count: the formatter may break and indent lines anew. */
function occurrences(code: string, text: string, { start, end }: Stretch): readonly Stretch[] {
  const words = code
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const matches = text.slice(start, end).matchAll(new RegExp(words.join("\\s+"), "g"));
  return [...matches].map(({ 0: match, index }) => ({ start: start + index, end: start + index + match.length }));
}

/** Up to five names: those of the same method first, then those that share most words with it. */
function similarNames(name: string, names: readonly string[]): readonly string[] {
  const words = wordsOf(name);
  const scored = names.map((candidate) => {
    const shared = wordsOf(candidate).filter((word) => words.includes(word)).length;
    return { candidate, score: lastPart(candidate) === lastPart(name) ? Number.POSITIVE_INFINITY : shared };
  });
  const similar = scored.filter(({ score }) => score > 0).sort((first, second) => second.score - first.score);
  return similar.slice(0, 5).map(({ candidate }) => candidate);
}

function lastPart(name: string): string {
  return name.replace(/^.*[.#]/, "");
}

function wordsOf(name: string): readonly string[] {
  return [...name.matchAll(/[A-Z]?[a-z]{2,}|[A-Z]{3,}/g)].map(([word]) => word.toLowerCase());
}
