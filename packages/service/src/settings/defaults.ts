import { InvalidValue } from "./value-type.ts";

/** The value of a setting that the operator does not give. `Others` are the settings that it follows from. */
export interface Default<Value, Others> {
  /** @throws InvalidValue if the setting must be given */
  value(others: Others): Value;
  /** The default for people. Code is in backticks. */
  readonly text: string;
  /** The default as a JSON value, if it is always the same. */
  readonly json?: unknown;
  readonly isRequired?: true;
}

export function constant<const Value extends string | number | boolean | readonly []>(
  value: Value,
): Default<Value, unknown> {
  return { value: () => value, text: Array.isArray(value) ? "none" : `\`${value}\``, json: value };
}

/** Null. The text says what that means. */
export function absent(text: string): Default<null, unknown> {
  return { value: () => null, text };
}

/** A default that follows from other settings. */
export function derived<Value, Others>(text: string, value: (others: Others) => Value): Default<Value, Others> {
  return { value, text };
}

/** No default. `what` tells the operator what to write. */
export function mustBeGiven(what: string): Default<never, unknown> {
  return {
    value() {
      throw new InvalidValue(`must be given: ${what}`);
    },
    text: "must be given",
    isRequired: true,
  };
}
