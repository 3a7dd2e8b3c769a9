import type { SessionStore } from "coatcheck/store";
import { ORIGIN } from "./application.ts";

/** The same for each framework, and what a quick start has. */
export function doorOptions(store: SessionStore) {
  return { store, origin: ORIGIN, findUser: (id: string) => ({ id }) };
}
