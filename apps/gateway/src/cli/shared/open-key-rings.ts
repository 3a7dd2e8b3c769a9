import { systemClock } from "coatcheck";
import { type AccessStore, type KeyPurpose, keyPurposes } from "../../passes/access-store.ts";
import type { KeyRing } from "../../passes/key-ring.ts";
import { type Invocation, UsageError } from "./command.ts";
import { configurationOf, withAccounts } from "./open-for-command.ts";

export type KeyRings = Readonly<Record<KeyPurpose, KeyRing>>;

/** Runs `work` on the keys of the configured gateway. They are in the database, so the gateway need not run. */
export function withKeyRings<Result>(
  invocation: Invocation,
  work: (rings: KeyRings, store: AccessStore) => Promise<Result>,
): Promise<Result> {
  const configuration = configurationOf(invocation);
  return withAccounts(configuration, async ({ access: store }) => {
    const { SignedAccess } = await import("../../passes/signed-access.ts");
    const access = new SignedAccess({ configuration, store, clock: systemClock });
    return work({ identity: access.identityKeys, passes: access.passKeys }, store);
  });
}

/** The purposes that the command works on: all of them, unless the operator named one. */
export function purposesIn(value: unknown): readonly KeyPurpose[] {
  if (value === undefined) return keyPurposes;
  const purpose = keyPurposes.find((each) => each === value);
  if (purpose === undefined) throw new UsageError(`--for is one of ${keyPurposes.join(", ")}.`);
  return [purpose];
}
