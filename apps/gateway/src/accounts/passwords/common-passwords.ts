import { createHash } from "node:crypto";
import { commonPasswordDigests } from "./common-passwords-data.ts";

const DIGEST_CHARACTERS = 8;

const digests: ReadonlySet<string> = new Set(
  commonPasswordDigests.replaceAll("\n", "").match(new RegExp(`.{${DIGEST_CHARACTERS}}`, "g")),
);

/** The number of passwords on the list. */
export const COMMON_PASSWORD_COUNT: number = digests.size;

/**
 * Whether a password of 15 or more characters, in lower case, is on the list of passwords that leaks have shown to be
 * in use. The list has more than the 3,000 passwords matching the policy that OWASP ASVS 5.0, 6.2.4 asks for. It is the
 * long end of the leak lists in SecLists as of 2018, without later leaks. After the first few hundred entries, no list
 * of long passwords has a meaningful ranking, because each password was seen only a handful of times. At this length
 * people really use patterns, and `predictable-text.ts` looks for those.
 *
 * Only 48 bits of each digest are kept: a good password is refused by mistake once in 80,000,000,000 times.
 */
export function isCommonPassword(lowerCase: string): boolean {
  return digests.has(createHash("sha256").update(lowerCase).digest("base64url").slice(0, DIGEST_CHARACTERS));
}
