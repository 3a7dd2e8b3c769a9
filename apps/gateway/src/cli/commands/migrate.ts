import { placeOf } from "../../config/locations.ts";
import { type Command, CommandFailure, configurationOption } from "../shared/command.ts";
import { configurationOf, withAccounts, withSessions } from "../shared/open-for-command.ts";
import { printLine } from "../shared/terminal.ts";

export const migrate: Command = {
  name: "migrate",
  summary: "Creates or updates the tables of accounts and sessions",
  synopsis: "[--partitions <n>]",
  details: [
    "  --partitions <n>  splits new session tables in Postgres into n partitions by user",
    "",
    "It makes the database if there is none. The gateway does the same when it starts, without partitions. It is safe while",
    "gateways of the same version run or start.",
  ],
  options: { ...configurationOption, partitions: { type: "string" } },
  arguments: [],
  async run(invocation) {
    const { output } = invocation.terminal;
    const configuration = configurationOf(invocation, { creates: "always" });
    const { database, sessions } = configuration;
    const partitions = partitionsIn(invocation.values.partitions);
    if (partitions !== 1 && sessions.kind !== "postgres") {
      throw new CommandFailure("--partitions is for sessions in Postgres.");
    }
    await withAccounts(configuration, async () => {
      printLine(output, `Accounts in ${placeOf(database)} are up to date.`);
    });
    if (sessions.kind !== "postgres" && sessions.kind !== "sqlite") {
      const place = sessions.kind === "memory" ? "memory" : placeOf(sessions);
      return printLine(output, `Sessions in ${place} have no tables.`);
    }
    if (sessions.kind === "postgres") {
      const { migratePostgresSessionTables } = await import("../../storage/sessions/open-postgres-sessions.ts");
      await migratePostgresSessionTables(sessions, partitions);
    }
    await withSessions(configuration, async () => {
      printLine(output, `Sessions in ${placeOf(sessions)} are up to date.`);
    });
  },
};

function partitionsIn(value: unknown): number {
  if (value === undefined) return 1;
  const partitions = /^\d{1,4}$/.test(String(value)) ? Number(value) : 0;
  if (partitions >= 1 && partitions <= 1_024) return partitions;
  throw new CommandFailure("--partitions must be a whole number from 1 to 1024.");
}
