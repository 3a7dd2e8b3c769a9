import { BreachedPasswords } from "./breached-passwords.ts";
import { checkNewPassword, type PasswordOwner, type PasswordRefusal } from "./password-policy.ts";

/** NewPasswordCheck says what speaks against a new password: the policy, and then the operator's file of breached ones. */
export class NewPasswordCheck {
  readonly #breached: BreachedPasswords | null;

  /**
   * `path` is of the file; null for none.
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
   * Empty when nothing does.
   *
   * @throws GatewayError `breached_passwords_unreadable`: whether it leaked is not known, so it is not taken
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
