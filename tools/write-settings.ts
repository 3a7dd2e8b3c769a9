import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { settings as files } from "@coatcheck/files/settings";
import { routeFields } from "@coatcheck/gateway/route-fields";
import { settings as gateway } from "@coatcheck/gateway/settings";
import { configurationSchema } from "@coatcheck/service/settings/configuration-schema";
import { fieldsTable, settingsTable } from "@coatcheck/service/settings/settings-table";
import { readDocuments } from "./docs/read-documents.ts";
import { jsonText } from "./settings/json-text.ts";
import { type TableWriter, tablesIn, withTables } from "./settings/settings-documents.ts";

// Writes the tables of settings into the documents that have markers for them, and the JSON Schemas of configuration files.
//   --check  compare with the committed files instead of writing them
const tables: ReadonlyMap<string, TableWriter> = new Map<string, TableWriter>([
  ["gateway", (linkTo) => settingsTable(gateway, linkTo)],
  ["files", (linkTo) => settingsTable(files, linkTo)],
  ["routes", () => fieldsTable(routeFields)],
]);
const schemas = {
  "docs/schemas/gateway-configuration.schema.json": configurationSchema(gateway, "Configuration of the gateway"),
  "docs/schemas/files-configuration.schema.json": configurationSchema(files, "Configuration of the file service"),
};

const { values: options } = parseArgs({ options: { check: { type: "boolean" } } });
const documents = await readDocuments(process.cwd());
const wanted: readonly (readonly [path: string, text: string])[] = [
  ...documents.map((document) => [document.path, withTables(document, tables)] as const),
  ...Object.entries(schemas).map(([path, schema]) => [path, jsonText(schema)] as const),
];
const problems: string[] = [];
for (const [path, text] of wanted) {
  if ((await readFile(path, "utf8").catch(() => "")) === text) continue;
  if (options.check) problems.push(`${path} differs from the settings in the code: run npm run settings.`);
  else await writeFile(path, text);
}
const documented = documents.flatMap(tablesIn);
for (const name of tables.keys()) {
  if (documented.includes(name)) continue;
  problems.push(`No document has a table between <!-- settings: ${name} --> and <!-- settings: end -->.`);
}
for (const name of documented) {
  if (!tables.has(name)) problems.push(`A document asks for the settings of "${name}", which are unknown.`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
console.log(
  `Settings: ${documented.length} tables, ${Object.keys(schemas).length} schemas, ${problems.length} problems.`,
);
