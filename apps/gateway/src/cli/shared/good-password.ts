import { NewPasswordCheck } from "../../accounts/passwords/new-password-check.ts";
import type { PasswordOwner, PasswordRefusal } from "../../accounts/passwords/password-policy.ts";
import { MAXIMUM_PASSWORD_BYTES, MINIMUM_PASSWORD_LENGTH } from "../../accounts/passwords/password-text.ts";
import type { GatewayConfiguration } from "../../config/settings.ts";
import { CommandFailure } from "./command.ts";

const TEXTS: Readonly<Record<PasswordRefusal, string>> = {
  too_short: `it has fewer than ${MINIMUM_PASSWORD_LENGTH} characters`,
  too_long: `it has more than ${MAXIMUM_PASSWORD_BYTES} bytes`,
  malformed: "it is not well-formed Unicode",
  unchanged: "it is the one in use",
  too_common: "it is on the list of common passwords",
  repetitive: "it is a few characters over and over",
  predictable: "it is little more than common words, years and runs on the keyboard",
  contains_identity: "it is little more than the name or email address",
};

/** Fails with the reasons why a new password is refused. The rules are the same as for users themselves. */
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

function passwordRefusalText(reasons: readonly PasswordRefusal[]): string {
  return `The password is refused: ${reasons.map((reason) => TEXTS[reason]).join(", and ")}.`;
}
