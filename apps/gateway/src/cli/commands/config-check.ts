import { loadConfiguration } from "../../config/load-configuration.ts";
import { placeOf, type SessionsLocation } from "../../config/locations.ts";
import { SETTING_KEYS, type SettingKey } from "../../config/setting-variables.ts";
import type { Route } from "../../proxy/route.ts";
import { type Command, configurationOption } from "../command.ts";
import { printJson, printTable } from "../terminal.ts";

export const configCheck: Command = {
  name: "config check",
  summary: "Checks the configuration and prints what is in effect",
  synopsis: "[--json]",
  details: ["  --json            prints JSON instead of a table"],
  options: { ...configurationOption, json: { type: "boolean" } },
  arguments: [],
  async run({ environment, terminal, values }) {
    const path = typeof values.config === "string" ? values.config : undefined;
    const { configuration, origins } = loadConfiguration({ environment, path });
    if (values.json === true) return printJson(terminal.output, configuration);
    printTable(
      terminal.output,
      ["KEY", "VALUE", "FROM"],
      SETTING_KEYS.map((key) => [key, valueText(key, configuration[key]), origins[key]]),
    );
  },
};

/** As it is written in the configuration, without what is secret. */
function valueText(key: SettingKey, value: unknown): string {
  if (isLocation(value)) return placeOf(value);
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(listedText).join(",");
  return value === null ? (ABSENT[key] ?? "none") : String(value);
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
  filesUrl: "no passes",
  keyEncryptionKey: "keys are stored as they are",
  databaseListener: "where the accounts are",
  sessionsListener: "where the sessions are",
  nearCacheMaxStalenessMilliseconds: "no near-cache",
};

function isLocation(value: unknown): value is SessionsLocation {
  return typeof value === "object" && value !== null && "kind" in value;
}
