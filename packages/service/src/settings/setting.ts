import type { Field, ValuesOf } from "./field.ts";

/**
 * One row of a table of settings. The key of the row is the key in the configuration file and the name of the property.
 * `Sources` are the settings from which the default follows, `Others` those that the check looks at.
 */
export interface Setting<Value, Fallback, Sources, Others> extends Field<Value, Fallback, Sources> {
  /** The environment variable. */
  readonly env: string;
  /** The document that says more: its path in the repository. */
  readonly document?: string;
  /** Checks a value that the operator gave, not a default. */
  readonly check?: Check<NoInfer<Value>, Others>;
}

/**
 * Refuses a value that cannot go together with the other settings. `env` has the variables of the other settings.
 *
 * @throws InvalidValue
 */
export type Check<Value, Others> = {
  check(value: Value, others: Others, env: VariablesOf<Others>): void;
}["check"];

export type VariablesOf<Others> = { readonly [Key in keyof Others]: string };

/** Any row. `never` stands for the other settings that a row needs, which are unknown here. */
export type AnySetting = Setting<unknown, unknown, never, never>;

/** A table of settings, from which everything else about them follows. */
export type Settings = Readonly<Record<string, AnySetting>>;

/** The operator's values of a table of settings, checked and complete. */
export type ConfigurationOf<Table extends Settings> = ValuesOf<Table>;

/** A table in which each setting finds the others that it looks at. */
export type Consistent<Table extends Settings> = {
  readonly [Key in keyof Table]: Table[Key] extends Setting<unknown, unknown, infer Sources, infer Others>
    ? ConfigurationOf<Table> extends Asked<Sources> & Asked<Others>
      ? Table[Key]
      : never
    : never;
};

/** A row without a check needs no other setting, which the compiler infers as `never`. */
type Asked<Others> = [Others] extends [never] ? unknown : Others;

/** Makes the compiler check that the parts of a row fit together. */
export function setting<Value, Fallback extends Value | null, Sources = unknown, Others = unknown>(
  row: Setting<Value, Fallback, Sources, Others>,
): Setting<Value, Fallback, Sources, Others> {
  return row;
}
