import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { migrationModule } from "./migrations/migration-module.ts";

// Writes the SQL of the migrations into the code that runs it.
//   --check  compare with the committed modules instead of writing them
const MODULES = [
  {
    folder: "packages/coatcheck/migrations/postgres",
    file: "packages/coatcheck/src/stores/postgres/migrations.ts",
    constant: "POSTGRES_SESSION_MIGRATIONS",
  },
  {
    folder: "packages/coatcheck/migrations/sqlite",
    file: "packages/coatcheck/src/stores/sqlite/migrations.ts",
    constant: "SQLITE_SESSION_MIGRATIONS",
  },
  {
    folder: "apps/gateway/migrations/postgres",
    file: "apps/gateway/src/storage/postgres/migrations.ts",
    constant: "POSTGRES_ACCOUNT_MIGRATIONS",
  },
  {
    folder: "apps/gateway/migrations",
    file: "apps/gateway/src/storage/sqlite/migrations.ts",
    constant: "SQLITE_ACCOUNT_MIGRATIONS",
  },
];

const { values: options } = parseArgs({ options: { check: { type: "boolean" } } });
const outdated: string[] = [];
for (const { folder, file, constant } of MODULES) {
  const text = await migrationModule(folder, constant);
  if (!options.check) await writeFile(file, text);
  else if ((await readFile(file, "utf8").catch(() => "")) !== text) outdated.push(`${file} differs from ${folder}.`);
}

for (const problem of outdated) console.error(problem);
if (outdated.length > 0) {
  console.error("Run npm run migrations and commit what it writes.");
  process.exitCode = 1;
}
console.log(`Migrations: ${MODULES.length} modules, ${outdated.length} problems.`);
