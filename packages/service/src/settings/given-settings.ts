import type { OperatorErrorClass } from "../operator-error.ts";
import { readConfigurationFile } from "./configuration-file.ts";
import { nearestName } from "./nearest-name.ts";
import type { Settings } from "./setting.ts";

const FILE_VARIABLE = "COATCHECK_CONFIG";
const PREFIX = "COATCHECK_";
/** Names the JSON Schema of the file, for editors. It sets nothing. */
const SCHEMA_KEY = "$schema";

export interface ConfigurationSources {
  readonly environment: NodeJS.ProcessEnv;
  /** The configuration file. Without it, the file that `COATCHECK_CONFIG` names, if any. */
  readonly path?: string | undefined;
}

/** A setting that the operator made. It is not checked yet. */
export interface GivenSetting {
  /** A text from the environment, or JSON from the file. */
  readonly source:
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "json"; readonly value: unknown };
  /** The name for messages: a variable, or a key and its file. */
  readonly name: string;
  /** A variable, or the path of a file. */
  readonly origin: string;
}

/**
 * Collects the settings that the operator gave: in the file, and in the environment, which overrides it. Refuses
 * unknown keys in the file, and unknown variables that begin with `COATCHECK_`: a misspelt setting must not silently
 * keep its default.
 *
 * @throws OperatorError `invalid_configuration` for an unknown name, or a file that cannot be read
 */
export function givenSettings(
  table: Settings,
  { environment, path }: ConfigurationSources,
  OperatorError: OperatorErrorClass,
): ReadonlyMap<string, GivenSetting> {
  const file = path ?? nonEmpty(environment[FILE_VARIABLE]);
  return new Map([
    ...(file === undefined ? [] : fromFile(file, table, OperatorError)),
    ...fromEnvironment(environment, table, OperatorError),
  ]);
}

function fromFile(file: string, table: Settings, OperatorError: OperatorErrorClass): [string, GivenSetting][] {
  const { [SCHEMA_KEY]: schema = "", ...values } = readConfigurationFile(file, OperatorError);
  if (typeof schema !== "string") {
    const message = `"${SCHEMA_KEY}" in ${file} must be a text: the path or the URL of the schema.`;
    throw new OperatorError("invalid_configuration", message);
  }
  return Object.entries(values).map(([key, value]) => {
    if (!Object.hasOwn(table, key)) {
      throw unknownName(`${file} has the key`, key, [...Object.keys(table), SCHEMA_KEY], OperatorError);
    }
    return [key, { source: { kind: "json", value }, name: `"${key}" in ${file}`, origin: file }];
  });
}

function fromEnvironment(
  environment: NodeJS.ProcessEnv,
  table: Settings,
  OperatorError: OperatorErrorClass,
): [string, GivenSetting][] {
  const variables = [...Object.values(table).map(({ env }) => env), FILE_VARIABLE];
  for (const name of Object.keys(environment)) {
    if (!name.startsWith(PREFIX) || variables.includes(name)) continue;
    throw unknownName("The environment has the variable", name, variables, OperatorError);
  }
  return Object.entries(table).flatMap(([key, { env }]): [string, GivenSetting][] => {
    const text = nonEmpty(environment[env]);
    return text === undefined ? [] : [[key, { source: { kind: "text", text }, name: env, origin: env }]];
  });
}

function unknownName(where: string, name: string, known: readonly string[], OperatorError: OperatorErrorClass): Error {
  const withoutPrefix = name.slice(PREFIX.length);
  const nearest = known.includes(withoutPrefix) ? withoutPrefix : nearestName(name, known);
  const advice = nearest === null ? `Known are ${known.join(", ")}.` : `Did you mean ${nearest}?`;
  const shown = JSON.stringify(name.slice(0, 80));
  return new OperatorError("invalid_configuration", `${where} ${shown}, which is unknown. ${advice}`);
}

/** An empty variable counts as not set: that is how shells and container files unset one. */
function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
