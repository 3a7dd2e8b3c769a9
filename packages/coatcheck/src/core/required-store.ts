import { CoatcheckError } from "../errors.ts";
import { forgottenWord, kindOf } from "./written-value.ts";

const ASKED = ["find", "insert", "readFence", "deleteByUser"] as const;

/**
 * A list has `find`, too, and so has a database's collection. Anything that is no session store would fail at the first
 * login, which is too late.
 *
 * @throws CoatcheckError `invalid_configuration`
 */
export function requireStore(owner: string, store: unknown): void {
  const given: unknown = Object(store);
  if (ASKED.every((name) => typeof Reflect.get(given as object, name) === "function")) return;
  const advice = forgottenWord(store) || adviceFor(store);
  const message = `${owner} needs a store, such as new MemorySessionStore(), not ${kindOf(store)}.${advice}`;
  throw new CoatcheckError("invalid_configuration", message);
}

function adviceFor(store: unknown): string {
  if (typeof Reflect.get(Object(store) as object, "authenticate") !== "function") return "";
  return " A SessionManager is given as sessions.";
}
