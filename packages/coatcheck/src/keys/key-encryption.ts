import { CompactEncrypt, compactDecrypt } from "jose";
import { CoatcheckError } from "../errors.ts";

const KEY_BYTES = 32;

/**
 * KeyEncryption hides private keys from readers of the database: AES-256-GCM, as a compact JWE whose header binds the
 * key's id. It does not hide them from a program that can read this process's environment.
 */
export class KeyEncryption {
  readonly #key: Uint8Array;

  /**
   * `secret` is 32 random bytes as base64url (`openssl rand -base64 32 | tr '+/' '-_' | tr -d =`).
   *
   * @throws CoatcheckError `invalid_configuration`
   */
  constructor(secret: string) {
    this.#key = Buffer.from(typeof secret === "string" ? secret : "", "base64url");
    if (this.#key.length === KEY_BYTES && /^[A-Za-z0-9_-]{43}$/.test(secret)) return;
    throw new CoatcheckError(
      "invalid_configuration",
      'A key encryption key is 32 bytes, as 43 characters of base64url: randomBytes(32).toString("base64url").',
    );
  }

  /** The key as a text for the database. `decrypt` reads it only under the same `kid`. */
  encrypt(kid: string, privateJwk: string): Promise<string> {
    return new CompactEncrypt(new TextEncoder().encode(privateJwk))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid })
      .encrypt(this.#key);
  }

  /**
   * Decrypts a text from `encrypt`.
   *
   * @throws CoatcheckError `invalid_key_set` for a text that another secret encrypted, or that belongs to another key
   */
  async decrypt(kid: string, text: string): Promise<string> {
    try {
      const options = { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] };
      const { plaintext, protectedHeader } = await compactDecrypt(text, this.#key, options);
      if (protectedHeader.kid !== kid) throw new Error("It is another key's.");
      return new TextDecoder().decode(plaintext);
    } catch (cause) {
      const message = `The private key "${kid}" cannot be decrypted: it was encrypted by another secret.`;
      throw new CoatcheckError("invalid_key_set", message, { cause });
    }
  }
}
