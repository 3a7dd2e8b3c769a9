import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { migrationModule } from "./migrations/migration-module.ts";

// Writes the SQL of the migrations into the code that runs it.
//   --check  compare with the committed modules instead of writing them
const MODULES = {
  "packages/coatcheck/migrations/postgres": "packages/coatcheck/src/stores/postgres/migrations.ts",
  "packages/coatcheck/migrations/sqlite": "packages/coatcheck/src/stores/sqlite/migrations.ts",
  "apps/gateway/migrations/postgres": "apps/gateway/src/storage/postgres/migrations.ts",
  "apps/gateway/migrations": "apps/gateway/src/storage/sqlite/migrations.ts",
};

const { values: options } = parseArgs({ options: { check: { type: "boolean" } } });
const outdated: string[] = [];
for (const [folder, file] of Object.entries(MODULES)) {
  const text = await migrationModule(folder);
  if (!options.check) await writeFile(file, text);
  else if ((await readFile(file, "utf8").catch(() => "")) !== text) outdated.push(`${file} differs from ${folder}.`);
}

for (const problem of outdated) console.error(problem);
if (outdated.length > 0) {
  console.error("Run npm run migrations and commit what it writes.");
  process.exitCode = 1;
}
console.log(`Migrations: ${Object.keys(MODULES).length} modules, ${outdated.length} problems.`);
