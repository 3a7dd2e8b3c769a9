import { readConfigurationFile } from "./configuration-file.ts";
import { nearestName } from "./nearest-name.ts";
import type { OperatorErrorClass } from "./operator-error.ts";
import { InvalidValue } from "./parse-values.ts";

const FILE_VARIABLE = "COATCHECK_CONFIG";
const PREFIX = "COATCHECK_";

export interface ConfigurationSources {
  readonly environment: NodeJS.ProcessEnv;
  /** Of the configuration file; otherwise what `COATCHECK_CONFIG` names, if anything. */
  readonly path?: string | undefined;
}

/** What there is to set: the environment variable of each key in the file. */
export type VariableOfKey<Key extends string> = Readonly<Record<Key, string>>;

/** A setting that somebody made, not yet checked. */
interface GivenSetting {
  readonly value: unknown;
  /** A variable, or a key and its file. */
  readonly name: string;
  /** A variable, or the path of a file. */
  readonly origin: string;
}

/**
 * GivenSettings are what an operator set: in the file, and over it in the environment. Names that mean nothing are
 * refused, in the file and among the variables that begin with `COATCHECK_`: a setting that is misspelt must not
 * silently be the default.
 */
export class GivenSettings<Key extends string> {
  readonly #given = new Map<string, GivenSetting>();
  readonly #OperatorError: OperatorErrorClass;

  /** @throws OperatorError `invalid_configuration` for a name that means nothing, or a file that cannot be read */
  constructor(
    { environment, path }: ConfigurationSources,
    variableOfKey: VariableOfKey<Key>,
    OperatorError: OperatorErrorClass,
  ) {
    this.#OperatorError = OperatorError;
    const file = path ?? nonEmpty(environment[FILE_VARIABLE]);
    if (file !== undefined) this.#takeFile(file, variableOfKey);
    this.#takeEnvironment(environment, variableOfKey);
  }

  /**
   * The checked value of a setting; what `fallback` gives if nobody set it.
   *
   * @throws OperatorError `invalid_configuration` for what `parse` refuses
   */
  read<Value>(key: Key, parse: (value: unknown) => Value, fallback: () => Value): Value {
    const setting = this.#given.get(key);
    if (setting === undefined) return fallback();
    try {
      return parse(setting.value);
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      throw new this.#OperatorError(
        "invalid_configuration",
        `${setting.name} ${error.message.replace(/[^?]$/, "$&.")}`,
      );
    }
  }

  /** Where a setting came from: "default", a path or a variable. */
  originOf(key: Key): string {
    return this.#given.get(key)?.origin ?? "default";
  }

  #takeFile(file: string, variableOfKey: VariableOfKey<Key>): void {
    for (const [key, value] of Object.entries(readConfigurationFile(file, this.#OperatorError))) {
      if (!Object.hasOwn(variableOfKey, key)) {
        throw this.#unknownName(`${file} has the key`, key, Object.keys(variableOfKey));
      }
      this.#given.set(key, { value, name: `"${key}" in ${file}`, origin: file });
    }
  }

  #takeEnvironment(environment: NodeJS.ProcessEnv, variableOfKey: VariableOfKey<Key>): void {
    const variables = Object.values<string>(variableOfKey);
    for (const name of Object.keys(environment)) {
      if (!name.startsWith(PREFIX) || name === FILE_VARIABLE || variables.includes(name)) continue;
      throw this.#unknownName("The environment has the variable", name, [...variables, FILE_VARIABLE]);
    }
    for (const [key, name] of Object.entries<string>(variableOfKey)) {
      const value = nonEmpty(environment[name]);
      if (value !== undefined) this.#given.set(key, { value, name, origin: name });
    }
  }

  #unknownName(where: string, name: string, known: readonly string[]): Error {
    const withoutPrefix = name.slice(PREFIX.length);
    const nearest = known.includes(withoutPrefix) ? withoutPrefix : nearestName(name, known);
    const advice = nearest === null ? `Known are ${known.join(", ")}.` : `Did you mean ${nearest}?`;
    const shown = JSON.stringify(name.slice(0, 80));
    return new this.#OperatorError("invalid_configuration", `${where} ${shown}, which is unknown. ${advice}`);
  }
}

/** An empty variable is how shells and container files unset one. */
function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
