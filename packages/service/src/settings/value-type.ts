/**
 * A value that a setting cannot have. The rule continues a sentence that begins with the name of the setting. It never
 * repeats the value: a password in the wrong place must not end up on a screen or in a log.
 */
export class InvalidValue extends Error {
  override readonly name = "InvalidValue";
  readonly rule: string;
  /** The place of the fault within the value, from the outside in: such as `entry 2` and `"path"`. */
  readonly place: readonly string[];

  constructor(rule: string, place: readonly string[] = []) {
    super([place.join(", "), rule].filter((part) => part !== "").join(" "));
    this.rule = rule;
    this.place = place;
  }
}

/** The keywords of JSON Schema (draft 7) that settings use. */
export interface JsonSchema {
  readonly type?: "string" | "integer" | "boolean" | "array" | "object";
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

/** A kind of value that a setting may have: how to read it, describe it and show it. */
export interface ValueType<Value> {
  /**
   * Checks a JSON value, as a configuration file has it.
   *
   * @throws InvalidValue
   */
  parse(value: unknown): Value;
  /**
   * The JSON value of a text in the environment. Without this function, it is the text itself.
   *
   * @throws InvalidValue
   */
  fromText?(text: string): unknown;
  /** Describes the values that the file may hold. It must not refuse anything that `parse` accepts. */
  readonly schema: JsonSchema;
  /** The value for people, one line for each entry, without secrets. Without this function, `String(value)`. */
  show?(value: Value): readonly string[];
}

/** The value of a text in the environment. */
export function parseFromText<Value>(type: ValueType<Value>, text: string): Value {
  return type.parse(type.fromText?.(text) ?? text);
}

/** Reads a part of a value. A refusal says which part it is about. */
export function within<Value>(place: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof InvalidValue ? new InvalidValue(error.rule, [place, ...error.place]) : error;
  }
}
