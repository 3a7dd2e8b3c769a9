import { InvalidValue, type ValueType } from "@coatcheck/service/settings/value-type";
import { isRole } from "../accounts/account.ts";
import type { RouteAccess } from "./route.ts";

/** The users who may use a route. Nothing is public by default: the operator has to say so. */
export const routeAccess: ValueType<RouteAccess> = {
  parse(value) {
    if (value === "public" || value === "login" || value === "fresh_login") return { kind: value };
    const role = typeof value === "string" && value.startsWith("role:") ? value.slice("role:".length) : null;
    if (role !== null && isRole(role)) return { kind: "role", role };
    throw new InvalidValue('must be "public", "login", "fresh_login" or "role:NAME"');
  },
  schema: {
    anyOf: [{ enum: ["public", "login", "fresh_login"] }, { type: "string", pattern: "^role:." }],
  },
};
