import { CoatcheckError, type SessionManager } from "coatcheck";
import type { Account } from "../../accounts/account.ts";
import { CredentialChanges } from "../../accounts/credentials/credential-changes.ts";
import { PasswordHasher } from "../../accounts/passwords/password-hasher.ts";
import type { AuditEventName } from "../../audit/vocabulary.ts";
import type { GatewayConfiguration } from "../../config/settings.ts";
import { GatewayError } from "../../errors.ts";
import type { OpenAccounts } from "../../storage/accounts/open-accounts.ts";
import { CommandFailure } from "./command.ts";
import { withSessions } from "./open-for-command.ts";
import { recordByOperator } from "./operator-audit.ts";

/** Sessions in the memory of another process: the change stays pending until that process finds and finishes it. */
const unreachableSessions: Pick<SessionManager, "revokeAll" | "begin"> = { revokeAll: unreachable, begin: unreachable };

async function unreachable(): Promise<never> {
  throw new GatewayError("sessions_unreachable", "The sessions are in the memory of the running gateway.");
}

export interface CredentialChange {
  readonly account: Account;
  /** The name of the event in the audit log. */
  readonly event: AuditEventName;
  readonly make: (changes: CredentialChanges) => Promise<number | null>;
}

/** Makes a change that ends an account's sessions, records it, and returns a sentence about the end of the sessions. */
export async function changeCredential(
  configuration: GatewayConfiguration,
  opened: OpenAccounts,
  { account, event, make }: CredentialChange,
): Promise<string> {
  const record = () => recordByOperator(opened.audit, { event, userId: account.id });
  const hasher = await PasswordHasher.create();
  if (configuration.sessions.kind === "memory") {
    const changes = new CredentialChanges({ ...opened, hasher, sessions: unreachableSessions });
    await make(changes).catch((error: unknown) => {
      if (!(error instanceof GatewayError && error.code === "sessions_unreachable")) throw error;
    });
    await record();
    return "The sessions are in the memory of the running gateway, which refuses them from now on and ends them shortly.";
  }
  return withSessions(configuration, async (sessions) => {
    const changes = new CredentialChanges({ ...opened, hasher, sessions });
    const ended = await make(changes).catch(async (error: unknown) => {
      // The sessions are ended last, so the rest of the change is done.
      if (error instanceof CoatcheckError) await record();
      return sayWhatIsLeft(error);
    });
    if (ended === null) throw new CommandFailure("The user has been removed meanwhile.");
    await record();
    return ended === 1 ? "1 session ended." : `${ended} sessions ended.`;
  });
}

function sayWhatIsLeft(error: unknown): never {
  if (!(error instanceof CoatcheckError)) throw error;
  throw new CommandFailure(
    `The change is made, but its sessions could not be ended: ${error.message} ` +
      "They are refused meanwhile. A running gateway will end them, or this command, if it is repeated.",
  );
}
