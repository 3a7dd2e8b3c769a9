import { scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { hash, verify } from "@node-rs/argon2";

/** How passwords are hashed: in the form that better-auth's `emailAndPassword.password` takes as well. */
export interface Passwords {
  hash(password: string): Promise<string>;
  verify(attempt: { readonly hash: string; readonly password: string }): Promise<boolean>;
}

/** Hashes with argon2id, and knows better-auth's own hashes too: no user has to choose a new password. */
export const passwords: Passwords = {
  hash: (password) => hash(password),
  verify: (attempt) =>
    isOwnHash(attempt.hash) ? verify(attempt.hash, attempt.password) : verifyBetterAuthHash(attempt),
};

export function isOwnHash(text: string): boolean {
  return text.startsWith("$argon2id$");
}

type Scrypt = (
  password: string,
  salt: string,
  length: number,
  cost: { readonly N: number; readonly r: number; readonly p: number; readonly maxmem: number },
) => Promise<Buffer>;

const derive: Scrypt = promisify(scrypt);

/** better-auth 1.7 keeps `salt:key` in hexadecimal, and salts with the text of the salt, not with its bytes. */
async function verifyBetterAuthHash({ hash: text, password }: Parameters<Passwords["verify"]>[0]): Promise<boolean> {
  const [salt = "", key = ""] = text.split(":");
  const expected = Buffer.from(key, "hex");
  const cost = { N: 16_384, r: 16, p: 1, maxmem: 64 * 1_024 * 1_024 };
  const derived = await derive(password.normalize("NFKC"), salt, 64, cost);
  return expected.length === derived.length && timingSafeEqual(expected, derived);
}
