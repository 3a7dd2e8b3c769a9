import { standardPolicy } from "coatcheck";
import type { SessionStore } from "coatcheck/store";
import { ORIGIN } from "./application.ts";

/**
 * The same for each framework. A login counts as fresh for a second alone: while it is fresh its session is read from the
 * store, whatever the near-cache holds.
 */
export function doorOptions(store: SessionStore) {
  const policy = { ...standardPolicy, freshForSeconds: 1 };
  return { store, policy, origin: ORIGIN, findUser: (id: string) => ({ id }) };
}
