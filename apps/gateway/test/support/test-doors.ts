import type { SessionManager } from "coatcheck";
import { parsePublicOrigin } from "coatcheck/adapter";
import type { AccountStore } from "../../src/accounts/account-store.ts";
import { OriginDoors } from "../../src/doors/origin-doors.ts";
import { ServedOrigins } from "../../src/http/served-origins.ts";

/** The one origin of a gateway, and the door by which its requests come. */
export function openTestDoor(parts: {
  readonly sessions: SessionManager;
  readonly accounts?: Pick<AccountStore, "findSessionOwner">;
  readonly origin: string;
}) {
  const { sessions, accounts = { findSessionOwner: async () => null } } = parts;
  const origins = new ServedOrigins([parsePublicOrigin(parts.origin)]);
  const doors = new OriginDoors({ origins, sessions, accounts });
  return { origins, doors, origin: origins.primary, door: doors.of(origins.primary) };
}
