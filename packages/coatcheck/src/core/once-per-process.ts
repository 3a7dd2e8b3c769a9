import { CoatcheckError } from "../errors.ts";
import { onRejection } from "./on-rejection.ts";

/**
 * Every copy of this module finds the same values by this name, even if a bundler put it into the program several
 * times.
 */
const VALUES = Symbol.for("coatcheck.oncePerProcess");

/**
 * Makes a value once in this process, however often the module that asks for it is evaluated. Next.js evaluates a
 * module once for route handlers and once more for server components, and development servers evaluate it after each
 * change. Two memory stores, or two `SessionManager`s with their listeners, would each know half. If `make` returns a
 * promise that rejects, the next call tries again.
 *
 * ```ts
 * export const sessions = oncePerProcess("sessions", () => new SessionManager({ store: new MemorySessionStore() }));
 * ```
 *
 * @param name identifies the value in this process: two values with the same name would be one
 * @throws CoatcheckError `invalid_configuration`
 */
export function oncePerProcess<Value>(name: string, make: () => Value): Value {
  if (typeof name !== "string" || name === "" || typeof make !== "function") {
    throw new CoatcheckError(
      "invalid_configuration",
      "oncePerProcess needs a name, and a function that makes the value.",
    );
  }
  const values = sharedValues();
  if (values.has(name)) return values.get(name) as Value;
  const value = make();
  values.set(name, value);
  onRejection(value, () => {
    if (values.get(name) === value) values.delete(name);
  });
  return value;
}

function sharedValues(): Map<string, unknown> {
  const shared = globalThis as { [VALUES]?: Map<string, unknown> };
  shared[VALUES] ??= new Map();
  return shared[VALUES];
}
