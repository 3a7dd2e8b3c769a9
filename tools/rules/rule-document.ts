import type { Trial } from "./rule.ts";

const HEADING = `# The model-checked rules, and the tests that hold them

The rules of sessions, fences and rotation were checked with a model checker ([models](models/README.md)) before they
were written: each has a known run, without it, in which something promised breaks. This table shows that each is also
held by a test. Every row is made by taking the rule out of a copy of the code and running the test; the last column is
what the test then printed.
Rotation is also tested as a whole: \`packages/coatcheck/test/core/rotation-properties.test.ts\` plays random stories of a
browser, its lost and overtaking responses, and a thief, and requires what the models promise.

\`npm run check:rules\` does that for all rows and writes this page. The edits are in \`tools/rules/\`,
each by the function that keeps the rule; \`npm run check:rule-places\` looks whether it still does.
`;

/** The page that shows every rule, its test, and what the test printed without the rule. */
export function ruleDocument(trials: readonly Trial[]): string {
  const files = [...new Set(trials.map(({ rule }) => rule.source))];
  const sections = files.map((file) => {
    const rows = trials
      .filter(({ rule }) => rule.source === file)
      .map((trial) => `${rowOf(trial)} ${printed(trial)} |`);
    return `\n## ${code(file)}\n\n| Rule | Test | Without the rule |\n|---|---|---|\n${rows.join("\n")}\n`;
  });
  return HEADING + sections.join("");
}

/** The rows of a page as far as they do not depend on what a test printed: rules and tests. */
export function rulesAndTestsOf(document: string): readonly string[] {
  const rows = document.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| Rule |"));
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(0, 3)
      .join("|"),
  );
}

function rowOf({ rule }: Trial): string {
  return `| ${cell(rule.rule)} | ${code(rule.tests)}<br>${cell(rule.testName)} |`;
}

function printed({ message }: Trial): string {
  return code(message);
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

/** Code that may itself contain backticks. */
function code(text: string): string {
  const escaped = text.replaceAll("|", "\\|");
  return escaped.includes("`") ? `\`\` ${escaped} \`\`` : `\`${escaped}\``;
}
