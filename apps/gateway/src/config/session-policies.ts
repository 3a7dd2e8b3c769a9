import { type SessionPolicy, standardPolicy, strictPolicy } from "coatcheck";

/** The time limits that an operator can choose from. */
export const sessionPolicies = {
  standard: standardPolicy,
  strict: strictPolicy,
} as const satisfies Record<string, SessionPolicy>;

export type SessionPolicyName = keyof typeof sessionPolicies;

export const sessionPolicyNames = Object.keys(sessionPolicies) as readonly SessionPolicyName[];
