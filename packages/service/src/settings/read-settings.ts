import type { OperatorErrorClass } from "../operator-error.ts";
import { type ConfigurationSources, type GivenSetting, givenSettings } from "./given-settings.ts";
import type { AnySetting, ConfigurationOf, Consistent, Settings } from "./setting.ts";
import { InvalidValue, parseFromText, type ValueType } from "./value-type.ts";

export interface LoadedSettings<Table extends Settings> {
  readonly configuration: ConfigurationOf<Table>;
  /** The origin of each value: "default", a path or a variable. */
  readonly origins: Readonly<Record<keyof Table, string>>;
}

/**
 * Reads a configuration: the environment overrides the file, which overrides the defaults.
 *
 * @throws OperatorError `invalid_configuration`, which names the setting and its source, and says what to write
 */
export function readSettings<Table extends Settings>(
  table: Table & Consistent<Table>,
  sources: ConfigurationSources,
  OperatorError: OperatorErrorClass,
): LoadedSettings<Table> {
  const given = givenSettings(table, sources, OperatorError);
  const rows = Object.entries<AnySetting>(table);
  const values: Record<string, unknown> = {};
  // Each value is read when it is first needed, so that a default may follow from any other setting. `Consistent` makes
  // sure that the table has the settings that its rows look at, so the casts to `never` are sound.
  for (const [key, row] of rows) {
    Object.defineProperty(values, key, {
      enumerable: true,
      configurable: true,
      get() {
        const value = blaming(given.get(key)?.name ?? row.env, OperatorError, () =>
          readRow(row, given.get(key), values),
        );
        Object.defineProperty(values, key, { value: Object.freeze(value) });
        return value;
      },
    });
  }
  const env = Object.fromEntries(rows.map(([key, row]) => [key, row.env]));
  for (const [key, row] of rows) {
    const value = values[key];
    const setting = given.get(key);
    if (setting === undefined) continue;
    blaming(setting.name, OperatorError, () => row.check?.(value, values as never, env as never));
  }
  const origins = Object.fromEntries(rows.map(([key]) => [key, given.get(key)?.origin ?? "default"]));
  return {
    configuration: Object.freeze(values) as ConfigurationOf<Table>,
    origins: origins as Record<keyof Table, string>,
  };
}

function readRow(row: AnySetting, given: GivenSetting | undefined, values: object): unknown {
  if (given === undefined) return row.default.value(values as never);
  if (given.source.kind === "text") return parseFromText(row.type, given.source.text);
  const { value } = given.source;
  try {
    return row.type.parse(value);
  } catch (error) {
    if (!(error instanceof InvalidValue && isTextForJson(row.type, value))) throw error;
    throw new InvalidValue(`${error.rule}. In the file, write it as JSON rather than as a text`, error.place);
  }
}

/** Whether a value in the file is written as it would be in the environment, such as "8080" for 8080. */
function isTextForJson(type: ValueType<unknown>, value: unknown): boolean {
  if (typeof value !== "string") return false;
  try {
    parseFromText(type, value);
    return true;
  } catch {
    return false;
  }
}

/** Turns a refusal into a sentence that names the setting. */
function blaming<Value>(name: string, OperatorError: OperatorErrorClass, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const { place, rule } = error;
    const message = `${[name, ...place].join(", ")} ${rule.replace(/[^?]$/, "$&.")}`;
    throw new OperatorError("invalid_configuration", message, { cause: error });
  }
}
