import { systemClock } from "coatcheck";
import { type Command, configurationOption } from "../shared/command.ts";
import { configurationOf, withAccounts } from "../shared/open-for-command.ts";
import { recordByOperator } from "../shared/operator-audit.ts";
import { printLine } from "../shared/terminal.ts";

export const passesVoid: Command = {
  name: "passes void",
  summary: "Voids all passes of all users that were issued until now",
  synopsis: "",
  details: [
    "File services that read the revocation list refuse these passes from their next poll on. Sessions stay as they are.",
  ],
  options: configurationOption,
  arguments: [],
  async run(invocation) {
    await withAccounts(configurationOf(invocation), async ({ access, audit }) => {
      await access.voidPassesBefore(systemClock.now());
      await recordByOperator(audit, { event: "authn_token_revoked" });
    });
    printLine(invocation.terminal.output, "Every pass that was issued until now is void.");
  },
};
