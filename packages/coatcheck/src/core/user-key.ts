import { createHash } from "node:crypto";
import { CoatcheckError } from "../errors.ts";

const TAG = "coatcheck user key v1";
const MAXIMUM_USER_ID_LENGTH = 255;
const LONE_SURROGATE = /\p{Surrogate}/u;
const NUL = "\0";

/**
 * The key under which everything of one user is stored: the first 15 bytes of a SHA-256, as 20 base64url characters. A
 * pseudonym, so that neither the cookie nor the store's keys show who the user is. The namespace (a deployment or
 * tenant) separates equal user ids in one store. Each part is preceded by its length, so that different inputs never
 * give the same text.
 *
 * @throws CoatcheckError `invalid_user_id`
 */
export function deriveUserKey(namespace: string, userId: string): string {
  // JavaScript accepts any argument, and an array has a length and an `includes` too.
  if (typeof userId !== "string") {
    throw new CoatcheckError(
      "invalid_user_id",
      "A user id is text: write String(user.id), and await what is a promise.",
    );
  }
  if (userId.length === 0 || userId.length > MAXIMUM_USER_ID_LENGTH) {
    throw new CoatcheckError("invalid_user_id", `A user id has 1 to ${MAXIMUM_USER_ID_LENGTH} characters.`);
  }
  // In UTF-8 every lone surrogate becomes the same replacement character, which would give two users one key.
  if (LONE_SURROGATE.test(userId)) {
    throw new CoatcheckError("invalid_user_id", "A user id must be well-formed Unicode.");
  }
  if (userId.includes(NUL)) {
    throw new CoatcheckError("invalid_user_id", "A user id must hold no NUL: not every database can keep one.");
  }
  const hash = createHash("sha256");
  for (const part of [TAG, namespace, userId]) {
    const bytes = Buffer.from(part, "utf8");
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest("base64url").slice(0, 20);
}
