import { loadConfiguration } from "@coatcheck/gateway/dist/config/load-configuration.js";
import { startGateway } from "@coatcheck/gateway/dist/gateway.js";
import { pino } from "pino";

export interface BanOrder {
  readonly order: "ban" | "lift";
  readonly email: string;
}

// A gateway that bans the user that its parent names, and lifts the ban again, as an administrator's page within it would.
const { configuration } = loadConfiguration({ environment: process.env });
await startGateway({
  configuration,
  purpose: "gateway",
  log: pino({ level: configuration.logLevel }, pino.destination(2)),
  async prepare({ accounts, changes }) {
    process.on("message", async ({ order, email }: BanOrder) => {
      const account = (await accounts.list()).find((each) => each.email === email);
      if (account === undefined) throw new Error(`There is no ${email}.`);
      if (order === "ban") await changes.disable(account);
      else await accounts.enable(account.id);
      process.send?.("done");
    });
  },
});
process.stdout.write(`${configuration.publicUrl}/\n`);
process.on("SIGTERM", () => process.exit());
