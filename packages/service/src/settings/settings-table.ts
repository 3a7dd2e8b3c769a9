import type { Fields } from "./field.ts";
import type { Settings } from "./setting.ts";

/** A table of settings in Markdown. `linkTo` makes the link to a document from its path in the repository. */
export function settingsTable(table: Settings, linkTo: (document: string) => string): string {
  const rows = Object.entries(table).map(([key, { env, meaning, document, default: fallback }]) => {
    const more = document === undefined ? "" : ` [More](${linkTo(document)})`;
    return [`\`${env}\``, `\`${key}\``, fallback.text, `${meaning}${more}`];
  });
  return markdownTable(["variable", "key in the file", "default", "what it decides"], rows);
}

/** A table of the members of an object in Markdown. */
export function fieldsTable(table: Fields): string {
  const rows = Object.entries(table).map(([key, { meaning, default: fallback }]) => [
    `\`${key}\``,
    fallback.text,
    meaning,
  ]);
  return markdownTable(["key", "default", "what it decides"], rows);
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}
