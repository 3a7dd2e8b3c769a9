import { createHash } from "node:crypto";
import { commonPasswordDigests } from "./common-passwords-data.ts";

const DIGEST_CHARACTERS = 8;

const digests: ReadonlySet<string> = new Set(
  commonPasswordDigests.replaceAll("\n", "").match(new RegExp(`.{${DIGEST_CHARACTERS}}`, "g")),
);

/** How many passwords the list has. */
export const COMMON_PASSWORD_COUNT: number = digests.size;

/**
 * Whether a password of 15 or more characters, in lower case, is on the list of those that leaks have shown to be in
 * use: more than the 3,000 that match the policy which OWASP ASVS 5.0, 6.2.4 asks for. It is the long end of the leak
 * lists in SecLists as of 2018, short of what leaked since; after the first few hundred, no list of long passwords is
 * ranked by much, because each was seen a handful of times. Patterns are what people really use at this length, and
 * `predictable-text.ts` looks for those.
 *
 * Only 48 bits of each digest are kept: a good password is refused by mistake once in 80,000,000,000 times.
 */
export function isCommonPassword(lowerCase: string): boolean {
  return digests.has(createHash("sha256").update(lowerCase).digest("base64url").slice(0, DIGEST_CHARACTERS));
}
