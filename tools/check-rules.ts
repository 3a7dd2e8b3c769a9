import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { allRules } from "./rules/all-rules.ts";
import { ruleDocument, rulesAndTestsOf } from "./rules/rule-document.ts";
import { problemsWithEveryRule, tryRules } from "./rules/try-rules.ts";

// Takes each model-checked rule out of a copy of the code, and requires that its test fails then.
//   --check      compare with the committed page instead of writing it
//   --only TEXT  try the rules that mention TEXT, and leave the page alone
const PAGE = "docs/model-checked-rules.md";

const { values: options } = parseArgs({ options: { check: { type: "boolean" }, only: { type: "string" } } });
const { only = "" } = options;
const rules = allRules.filter(({ rule, source, tests }) => `${source} ${tests} ${rule}`.includes(only));

// A test that a change brings down does not clear its temporary files away.
const folder = await mkdtemp(join(tmpdir(), "coatcheck-check-rules-"));
process.env.TMPDIR = folder;

const problems = [...(await problemsWithEveryRule(process.cwd(), rules))];
if (problems.length === 0) {
  const trials = await tryRules(process.cwd(), rules, ({ rule, caught, message }) => {
    console.log(`${caught ? "caught  " : "SURVIVED"}  ${rule.rule}\n          ${message}`);
    if (!caught) problems.push(`${rule.source} can lose this rule and no test notices: ${rule.rule}`);
  });
  const page = ruleDocument(trials);
  if (options.check && only === "") {
    const committed = await readFile(PAGE, "utf8").catch(() => "");
    const isCurrent = rulesAndTestsOf(committed).join("\n") === rulesAndTestsOf(page).join("\n");
    if (!isCurrent) problems.push(`${PAGE} lists other rules or tests. Run npm run check:rules and commit it.`);
  } else if (only === "" && problems.length === 0) await writeFile(PAGE, page);
}
await rm(folder, { recursive: true, force: true });
for (const problem of problems) console.error(problem);
// Set either way: vitest has set it for the tests that failed, as they had to.
process.exitCode = problems.length > 0 ? 1 : 0;
console.log(`Rules: ${rules.length} taken out one at a time, ${problems.length} problems.`);
