import { readdirSync, readFileSync } from "node:fs";
import { GatewayError } from "../errors.ts";

const FILE_NAME = /^(\d{4})-[a-z-]+\.sql$/;

export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** The migrations of one folder, oldest first. What else is in it is left alone. */
export function readMigrations(folder: URL): readonly Migration[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const version = FILE_NAME.exec(name)?.[1];
      return version === undefined
        ? []
        : [{ version: Number(version), sql: readFileSync(new URL(name, folder), "utf8") }];
    });
}

/**
 * The migrations that tables of version `current` still need.
 *
 * @throws GatewayError `accounts_schema_unsupported` when they are newer than all of them
 */
export function migrationsAfter(current: number, migrations: readonly Migration[]): readonly Migration[] {
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new GatewayError(
      "accounts_schema_unsupported",
      `The account tables are of version ${current}; this program knows up to ${newest}. Use a newer one.`,
    );
  }
  return migrations.filter(({ version }) => version > current);
}
