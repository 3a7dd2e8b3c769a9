import { GatewayError } from "../errors.ts";

export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/**
 * The migrations that tables of version `current` still need.
 *
 * @throws GatewayError `accounts_schema_unsupported` if the tables are newer than all migrations
 */
export function migrationsAfter(current: number, migrations: readonly Migration[]): readonly Migration[] {
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new GatewayError(
      "accounts_schema_unsupported",
      `The account tables are of version ${current}; this program knows versions up to ${newest}. Use a newer program.`,
    );
  }
  return migrations.filter(({ version }) => version > current);
}
