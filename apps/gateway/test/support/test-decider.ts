import type { Clock } from "coatcheck";
import { SecurityEvents } from "../../src/audit/security-events.ts";
import { loadConfiguration } from "../../src/config/load-configuration.ts";
import type { AccessStore } from "../../src/passes/access-store.ts";
import { SignedAccess } from "../../src/passes/signed-access.ts";
import { AccessDecider } from "../../src/proxy/access-decision.ts";

/** Decides as a gateway with the default settings at that origin does, with keys of its own. */
export async function openTestDecider(parts: {
  readonly origin: string;
  readonly store: AccessStore;
  readonly clock: Clock;
}): Promise<AccessDecider> {
  const { configuration } = loadConfiguration({ environment: { COATCHECK_PUBLIC_URL: parts.origin } });
  const access = new SignedAccess({ configuration, store: parts.store, clock: parts.clock });
  await access.prepare();
  return new AccessDecider({ access, security: new SecurityEvents() });
}
