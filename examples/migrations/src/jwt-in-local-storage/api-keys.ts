import { createHash, randomBytes } from "node:crypto";

interface ApiKey {
  readonly id: string;
  readonly userId: string;
  readonly digest: string;
}

/** Keys for scripts. They mean nothing by themselves, so deleting one ends it; what is kept opens nothing. */
export class ApiKeys {
  readonly #keys = new Map<string, ApiKey>();

  /** The key is shown once, and is to be kept by the script that uses it. */
  issue(userId: string): { readonly id: string; readonly key: string } {
    const id = randomBytes(9).toString("base64url");
    const key = randomBytes(32).toString("base64url");
    this.#keys.set(id, { id, userId, digest: digestOf(key) });
    return { id, key };
  }

  userIdOf(key: string): string | null {
    const digest = digestOf(key);
    return [...this.#keys.values()].find((each) => each.digest === digest)?.userId ?? null;
  }

  /** False when the user has none of that id. */
  delete(userId: string, id: string): boolean {
    return this.#keys.get(id)?.userId === userId && this.#keys.delete(id);
  }
}

function digestOf(key: string): string {
  return createHash("sha256").update(key).digest("base64url");
}
