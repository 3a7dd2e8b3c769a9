import type { Account } from "../account.ts";
import { isCommonPassword } from "./common-passwords.ts";
import { MINIMUM_PASSWORD_LENGTH, readPassword } from "./password-text.ts";
import { measurePredictability, repeatedUnit } from "./predictable-text.ts";

/** The reasons for which a new password is refused. They are stable, because pages and scripts branch on them. */
export const passwordRefusals = [
  "too_short",
  "too_long",
  /** It is not well-formed Unicode. */
  "malformed",
  /** It is the account's current password. */
  "unchanged",
  /** It is on the list of passwords that leaks have shown to be in use. */
  "too_common",
  /** A few characters over and over. */
  "repetitive",
  /** It is little more than common words, years and runs on the keyboard. */
  "predictable",
  /** It is little more than such predictable parts and the owner's name or address. */
  "contains_identity",
] as const;

export type PasswordRefusal = (typeof passwordRefusals)[number];

export type PasswordOwner = Pick<Account, "email" | "name">;

/** NIST SP 800-63B-4, 3.1.1.2: no password may be shorter, whatever else protects the account. */
const MINIMUM_CHARACTERS_TO_GUESS = 8;
const MINIMUM_DISTINCT_CHARACTERS = 5;

/**
 * The reasons against a new password; empty if there are none. There are no rules of composition: any 15 characters
 * will do, spaces and every script included, unless guessers would try them early (NIST SP 800-63B-4, 3.1.1.2).
 *
 * "Early" is decided in two ways. A list has leaked passwords (`common-passwords.ts`). And because no list holds all
 * the ways to stretch "password" to 15 characters, each word, name, year, repeat and keyboard run of a password is
 * counted as one character: a password that counts fewer than eight is as weak as one of fewer than eight characters.
 */
export function checkNewPassword(
  password: string,
  owner: PasswordOwner,
  currentPassword: string | null = null,
): readonly PasswordRefusal[] {
  const read = readPassword(password);
  if (read.outcome !== "readable") return [read.outcome];
  if ([...read.text].length < MINIMUM_PASSWORD_LENGTH) return ["too_short"];

  const reasons: PasswordRefusal[] = [];
  if (currentPassword !== null && read.text === currentPassword.normalize("NFC")) reasons.push("unchanged");

  // Guessers try other cases as well, so upper and lower case make no difference.
  const folded = read.text.toLowerCase().normalize("NFC");
  if (isCommonPassword(folded)) reasons.push("too_common");
  if (isRepetitive([...folded])) return [...reasons, "repetitive"];

  const { charactersToGuess, usesWords } = measurePredictability(folded, identityWords(owner));
  if (charactersToGuess < MINIMUM_CHARACTERS_TO_GUESS) reasons.push(usesWords ? "contains_identity" : "predictable");
  return reasons;
}

function isRepetitive(characters: readonly string[]): boolean {
  if (new Set(characters).size < MINIMUM_DISTINCT_CHARACTERS) return true;
  return repeatedUnit(characters).length < MINIMUM_CHARACTERS_TO_GUESS;
}

/** The address, and every word of the address and of the name. */
function identityWords({ email, name }: PasswordOwner): ReadonlySet<string> {
  const [localPart = ""] = email.split("@");
  const texts = [email, localPart, name].map((text) => text.toLowerCase().normalize("NFC"));
  return new Set(texts.flatMap((text) => [text, ...text.split(/[^\p{L}\p{M}\p{N}]+/u)]));
}
