import type { Pass } from "coatcheck/passes";
import type { UnixMilliseconds } from "../http/http-date.ts";

/**
 * PassCookie carries a pass for players that can be given nothing but a URL. It is sent to what the pass opens and to
 * nothing else, no script reads it, no other site's page makes a browser send it, and it ends with the pass.
 */
export class PassCookie {
  readonly name: string;
  readonly #isSecure: boolean;

  /** Over plain http on this machine a cookie cannot be Secure in every browser, and its name says whose port it is. */
  constructor(publicUrl: string) {
    const { protocol, port } = new URL(publicUrl);
    this.#isSecure = protocol === "https:";
    this.name = this.#isSecure ? "__Secure-coatcheck-pass" : `coatcheck-pass-${port || "80"}`;
  }

  /** Every value of it in a request. */
  read(header: string | undefined): readonly string[] {
    if (header === undefined) return [];
    const values: string[] = [];
    for (const pair of header.split(";")) {
      const separator = pair.indexOf("=");
      if (separator !== -1 && pair.slice(0, separator).trim() === this.name)
        values.push(pair.slice(separator + 1).trim());
    }
    return values;
  }

  /** The value of Set-Cookie. A path as passes write it has nothing in it that could end the attribute. */
  write(token: string, { path, expiresAt }: Pass, now: UnixMilliseconds): string {
    const secondsLeft = Math.max(0, Math.floor((expiresAt - now) / 1_000));
    const secure = this.#isSecure ? "; Secure" : "";
    return `${this.name}=${token}; Path=${path}; Max-Age=${secondsLeft}; HttpOnly${secure}; SameSite=Strict`;
  }
}
