import { systemClock } from "coatcheck";
import type { GatewayConfiguration } from "../../config/gateway-configuration.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { placeOf, type SessionsLocation } from "../../config/locations.ts";
import { SETTING_KEYS, type SettingKey } from "../../config/setting-variables.ts";
import { configurationWarnings } from "../../config/warnings.ts";
import type { Route } from "../../routing/route.ts";
import { type Command, CommandFailure, configurationOption } from "../shared/command.ts";
import { requireDatabase } from "../shared/open-for-command.ts";
import { printJson, printLine, printTable, type Terminal } from "../shared/terminal.ts";
import { tryParts } from "../shared/try-parts.ts";

export const configCheck: Command = {
  name: "config check",
  summary: "Checks the configuration and prints what is in effect",
  synopsis: "[--json] [--connect]",
  details: [
    "  --json            prints JSON instead of a table",
    "  --connect         opens the database and the sessions, which brings tables to this version, and connects to each",
    "                    service; fails when one of them cannot be used",
  ],
  options: { ...configurationOption, json: { type: "boolean" }, connect: { type: "boolean" } },
  arguments: [],
  async run({ environment, terminal, values }) {
    const path = typeof values.config === "string" ? values.config : undefined;
    const { configuration, origins } = loadConfiguration({ environment, path });
    if (values.json === true) printJson(terminal.output, configuration);
    else {
      const rows = SETTING_KEYS.flatMap((key) => rowsOf(key, valueTexts(key, configuration[key]), origins[key]));
      printTable(terminal.output, ["KEY", "VALUE", "FROM"], rows);
    }
    for (const warning of configurationWarnings(configuration)) printLine(terminal.errors, `Warning: ${warning}`);
    if (values.connect !== true) return;
    requireDatabase({ configuration, origins });
    await connect(configuration, terminal);
  },
};

/** On standard error: standard output is the settings, which may be read by a program. */
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

/** One line for each value, so that thirteen routes are thirteen lines and not one that no terminal is wide enough for. */
function rowsOf(key: SettingKey, [first = "", ...others]: readonly string[], origin: string): readonly string[][] {
  return [[key, first, origin], ...others.map((value) => ["", value, ""])];
}

/** As it is written in the configuration, without what is secret. */
function valueTexts(key: SettingKey, value: unknown): readonly string[] {
  if (isLocation(value)) return [placeOf(value)];
  if (Array.isArray(value)) return value.length === 0 ? ["none"] : value.map(listedText);
  return [value === null ? (ABSENT[key] ?? "none") : String(value)];
}

function listedText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if ("text" in value) return String(value.text);
  if (!("upstream" in value && "path" in value && "host" in value)) return String(value);
  return routeText(value as Route);
}

function routeText({ host, path, upstream, access }: Route): string {
  const whom = access.kind === "role" ? `role:${access.role}` : access.kind;
  return `${host ?? ""}${path} → ${upstream} (${whom})`;
}

const ABSENT: Partial<Record<SettingKey, string>> = {
  metricsPort: "nothing is counted",
  metricsHost: "localhost",
  freshForSeconds: "as the policy has it",
  breachedPasswordsFile: "the list that comes with the gateway",
  filesUrl: "no passes",
  keyEncryptionKey: "keys are stored as they are",
  databaseListener: "where the accounts are",
  sessionsListener: "where the sessions are",
  nearCacheMaxStalenessMilliseconds: "no near-cache",
};

function isLocation(value: unknown): value is SessionsLocation {
  return typeof value === "object" && value !== null && "kind" in value;
}
