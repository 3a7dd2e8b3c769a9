import { BreachedPasswords } from "./breached-passwords.ts";
import { checkNewPassword, type PasswordOwner, type PasswordRefusal } from "./password-policy.ts";

/**
 * NewPasswordCheck lists the reasons against a new password, from the policy and then the operator's file of breached
 * passwords.
 */
export class NewPasswordCheck {
  readonly #breached: BreachedPasswords | null;

  /**
   * `path` is that of the file of breached passwords; null for none.
   *
   * @throws GatewayError `invalid_configuration`
   */
  static async open(path: string | null): Promise<NewPasswordCheck> {
    return new NewPasswordCheck(path === null ? null : await BreachedPasswords.open(path));
  }

  private constructor(breached: BreachedPasswords | null) {
    this.#breached = breached;
  }

  /**
   * The reasons against the password; empty if there are none.
   *
   * @throws GatewayError `breached_passwords_unreadable`: the gateway cannot tell whether it leaked, and does not
   * accept it
   */
  async check(
    password: string,
    owner: PasswordOwner,
    currentPassword: string | null = null,
  ): Promise<readonly PasswordRefusal[]> {
    const reasons = checkNewPassword(password, owner, currentPassword);
    if (reasons.length > 0 || this.#breached === null) return reasons;
    return (await this.#breached.has(password)) ? ["too_common"] : [];
  }

  async close(): Promise<void> {
    await this.#breached?.close();
  }
}
