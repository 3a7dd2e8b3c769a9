import type { Default } from "./defaults.ts";
import type { JsonSchema, ValueType } from "./value-type.ts";

/** A named value: a setting, or a member of an object in a setting. Its default may follow from its `Sources`. */
export interface Field<Value, Fallback, Sources> {
  readonly type: ValueType<Value>;
  readonly default: Default<Fallback, Sources>;
  /** The meaning of the value, in plain sentences. Code is in backticks. */
  readonly meaning: string;
}

/** A table of fields. `never` stands for the other values that a row needs, which are unknown here. */
export type Fields = Readonly<Record<string, Field<unknown, unknown, never>>>;

/** The values of a table of fields. */
export type ValuesOf<Table extends Fields> = {
  readonly [Key in keyof Table]: Table[Key] extends Field<infer Value, infer Fallback, never>
    ? null extends Fallback
      ? Value | null
      : Value
    : never;
};

/** Makes the compiler check that the parts of a field fit together. */
export function field<Value, Fallback extends Value | null, Sources = unknown>(
  row: Field<Value, Fallback, Sources>,
): Field<Value, Fallback, Sources> {
  return row;
}

/** The members of a table of fields, as JSON Schema. `more` follows the meaning and the default of each. */
export function propertiesOf<Table extends Fields>(
  table: Table,
  more: (row: Table[keyof Table]) => string = () => "",
): Readonly<Record<string, JsonSchema>> {
  const rows = Object.entries(table) as [string, Table[keyof Table]][];
  return Object.fromEntries(
    rows.map(([key, row]): [string, JsonSchema] => {
      const { meaning, type, default: fallback } = row;
      const otherwise = fallback.isRequired === true ? "It must be given." : `Default: ${fallback.text}.`;
      const description = `${meaning} ${otherwise}${more(row)}`;
      return [key, { description, ...type.schema, ...("json" in fallback ? { default: fallback.json } : {}) }];
    }),
  );
}
