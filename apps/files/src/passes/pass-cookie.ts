import type { Pass } from "coatcheck/passes";
import type { UnixMilliseconds } from "../http/http-date.ts";

/**
 * PassCookie carries a pass for players that take nothing but a URL. Browsers send it only to the paths that the pass opens.
 * No script can read it, no page of another site can make a browser send it, and it ends with the pass.
 */
export class PassCookie {
  readonly name: string;
  readonly #isSecure: boolean;

  /** Over plain http on this machine, not every browser accepts a Secure cookie. The name has the port, because ports share cookies. */
  constructor(publicUrl: string) {
    const { protocol, port } = new URL(publicUrl);
    this.#isSecure = protocol === "https:";
    this.name = this.#isSecure ? "__Secure-coatcheck-pass" : `coatcheck-pass-${port || "80"}`;
  }

  /** Every value of this cookie in a request. */
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

  /** The value of Set-Cookie. The path of a pass contains no character that could end the attribute. */
  write(token: string, { path, expiresAt }: Pass, now: UnixMilliseconds): string {
    const secondsLeft = Math.max(0, Math.floor((expiresAt - now) / 1_000));
    const secure = this.#isSecure ? "; Secure" : "";
    return `${this.name}=${token}; Path=${path}; Max-Age=${secondsLeft}; HttpOnly${secure}; SameSite=Strict`;
  }
}
