import { loadConfiguration as loadFilesConfiguration } from "@coatcheck/files/configuration";
import { settings as filesSettings } from "@coatcheck/files/settings";
import { type ShownSetting, showSettings } from "@coatcheck/service/settings/show-settings";
import { systemClock } from "coatcheck";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { type GatewayConfiguration, settings } from "../../config/settings.ts";
import { configurationWarnings } from "../../config/warnings.ts";
import { type Command, CommandFailure, configurationOption, UsageError } from "../shared/command.ts";
import { requireDatabase } from "../shared/open-for-command.ts";
import { printJson, printLine, printTable, type Terminal } from "../shared/terminal.ts";
import { tryParts } from "../shared/try-parts.ts";

export const configCheck: Command = {
  name: "config check",
  summary: "Checks the configuration and prints what is in effect",
  synopsis: "[--files] [--json] [--connect]",
  details: [
    "  --files           checks the settings of the file service instead of the gateway's",
    "  --json            prints JSON instead of a table",
    "  --connect         opens the database and the sessions, brings their tables to this version, and connects to each",
    "                    service; fails if one of them cannot be used",
  ],
  options: {
    ...configurationOption,
    files: { type: "boolean" },
    json: { type: "boolean" },
    connect: { type: "boolean" },
  },
  arguments: [],
  async run({ environment, terminal, values }) {
    const path = typeof values.config === "string" ? values.config : undefined;
    const asJson = values.json === true;
    if (values.files === true) {
      if (values.connect === true) throw new UsageError("--connect is for the gateway: leave out --files.");
      const loaded = loadFilesConfiguration({ environment, path });
      return print(terminal, showSettings(filesSettings, loaded), asJson ? loaded.configuration : null);
    }
    const loaded = loadConfiguration({ environment, path });
    const { configuration } = loaded;
    print(terminal, showSettings(settings, loaded), asJson ? configuration : null);
    for (const warning of configurationWarnings(configuration)) printLine(terminal.errors, `Warning: ${warning}`);
    if (values.connect !== true) return;
    requireDatabase(configuration);
    await connect(configuration, terminal);
  },
};

function print({ output }: Terminal, shown: readonly ShownSetting[], json: object | null): void {
  if (json === null) printTable(output, ["KEY", "VALUE", "FROM"], shown.flatMap(rowsOf));
  else printJson(output, json);
}

/** Prints on standard error: standard output has the settings, and a program may read it. */
async function connect(configuration: GatewayConfiguration, { errors }: Terminal): Promise<void> {
  const tried = await tryParts(configuration, systemClock);
  printTable(
    errors,
    ["PART", "WHERE", "STATE"],
    tried.map(({ part, where, fault }) => [part, where, fault ?? "answers"]),
  );
  const down = tried.filter(({ fault }) => fault !== null).length;
  if (down > 0) throw new CommandFailure(`${down} of ${tried.length} parts cannot be used.`);
}

/** A list has a line for each entry: thirteen routes in one line would be too wide for any terminal. */
function rowsOf({ key, values: [first = "", ...others], origin }: ShownSetting): readonly string[][] {
  return [[key, first, origin], ...others.map((value) => ["", value, ""])];
}
