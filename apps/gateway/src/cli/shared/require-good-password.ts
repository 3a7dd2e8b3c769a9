import { NewPasswordCheck } from "../../accounts/passwords/new-password-check.ts";
import type { PasswordOwner } from "../../accounts/passwords/password-policy.ts";
import type { GatewayConfiguration } from "../../config/gateway-configuration.ts";
import { CommandFailure } from "./command.ts";
import { passwordRefusalText } from "./password-refusal-text.ts";

/** Fails with what speaks against a new password, by the rules that its owner has to keep as well. */
export async function requireGoodPassword(
  { breachedPasswordsFile }: Pick<GatewayConfiguration, "breachedPasswordsFile">,
  password: string,
  owner: PasswordOwner,
): Promise<void> {
  const passwords = await NewPasswordCheck.open(breachedPasswordsFile);
  try {
    const reasons = await passwords.check(password, owner);
    if (reasons.length > 0) throw new CommandFailure(passwordRefusalText(reasons));
  } finally {
    await passwords.close();
  }
}
