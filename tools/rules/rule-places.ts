import { namedCode } from "../source/named-code.ts";
import { readSourceFiles } from "../source/source-files.ts";
import type { Rule } from "./rule.ts";
import { findRule } from "./rule-place.ts";

/** The sources by path. */
type Sources = ReadonlyMap<string, string>;

/** Which rules name code that is not there, or is there more than once: a sentence each that says what to write. */
export async function problemsWithPlaces(repository: string, rules: readonly Rule[]): Promise<readonly string[]> {
  const files = await readSourceFiles(repository, ["packages", "apps", "examples"], /\/src\/.*\.ts$/);
  const sources = new Map(files.map(({ path, text }) => [path, text]));
  return rules.flatMap((rule) => {
    const problem = problemWith(rule, sources);
    return problem === null ? [] : [`${problem}\n  The rule: ${rule.rule}`];
  });
}

function problemWith(rule: Rule, sources: Sources): string | null {
  const { source, within, replace } = rule;
  const text = sources.get(source);
  if (text === undefined) return `There is no ${source}.${whereElse(rule, sources)}`;
  const place = findRule(rule, text);
  if (place.outcome === "found") return null;
  if (place.outcome === "name_missing") {
    const similar = place.similar.length === 0 ? "" : ` It has ${place.similar.join(", ")}.`;
    return `${source} has no ${within}.${similar}${whereElse(rule, sources)}`;
  }
  const found = place.times === 0 ? "does not have the code of this rule" : `has the code ${place.times} times`;
  return `${within} in ${source} ${found}. Write into \`replace\` what is there once. It says:\n${replace}`;
}

/** What is gone was often moved: the files that have the name now. */
function whereElse({ within }: Rule, sources: Sources): string {
  const [owner = ""] = within.split(".");
  const others = [...sources].filter(([, text]) => text.includes(owner) && namedCode(text).has(within));
  const moved = others.length === 0 ? "" : ` ${within} is in ${others.map(([path]) => path).join(", ")}.`;
  return `${moved} Write into \`source\` and \`within\` which function keeps the rule now.`;
}
