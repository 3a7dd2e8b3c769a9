import type { Check } from "@coatcheck/service/settings/setting";
import { InvalidValue } from "@coatcheck/service/settings/value-type";

/** Refuses a setting that would do nothing without another one: the operator would rely on it in vain. */
export function goesWith<Key extends string>(
  other: Key,
  what?: string,
): Check<unknown, Readonly<Record<Key, unknown>>> {
  return (value, others, env) => {
    if (isNothing(value) || !isNothing(others[other])) return;
    throw new InvalidValue(`goes with ${env[other]}, which is not set${what === undefined ? "" : `: ${what}`}`);
  };
}

function isNothing(value: unknown): boolean {
  return value === null || value === false || (Array.isArray(value) && value.length === 0);
}
