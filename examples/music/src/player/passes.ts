import type { Client } from "./coatcheck-client.js";

/** A URL that opens one song for some minutes, for each client that has it. */
export interface Pass {
  readonly path: string;
  readonly url: string;
  readonly token: string;
  /** When it was given and when it ends, in milliseconds of `performance.now()`. */
  readonly givenAt: number;
  readonly endsAt: number;
}

export type PassAnswer =
  | { readonly outcome: "given"; readonly pass: Pass }
  /** The session has ended. */
  | { readonly outcome: "signed_out" }
  /** Not this one: asking again changes nothing. */
  | { readonly outcome: "refused" }
  /** No answer, or none that means anything: a later try may do better. */
  | { readonly outcome: "unavailable" };

const TIMEOUT_MILLISECONDS = 15_000;

export function isGood(pass: Pass): boolean {
  return performance.now() < pass.endsAt;
}

/** Passes asks the gateway for passes. The browser adds the cookie, by which it knows whose they are. */
export class Passes {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** A pass for the song at that path. */
  ask(path: string): Promise<PassAnswer> {
    return this.#post("/auth/access", { path }, path);
  }

  /** Another one in exchange, for as long as the session lives. It does not count as a sign of the listener's. */
  renew({ token, path }: Pass): Promise<PassAnswer> {
    return this.#post("/auth/access/renew", { token }, path);
  }

  async #post(url: string, body: object, path: string): Promise<PassAnswer> {
    try {
      const askedAt = performance.now();
      const response = await this.#client.fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        cache: "no-store",
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      });
      if (response.status === 401) return { outcome: "signed_out" };
      if (response.status === 400 || response.status === 403 || response.status === 404) return { outcome: "refused" };
      if (!response.ok) return { outcome: "unavailable" };
      const {
        url: songUrl,
        token,
        expiresAt,
      }: { url: string; token: string; expiresAt: string } = await response.json();
      // By the server's own clock, if it tells: that of the browser may be wrong by any amount.
      const serverNow = Date.parse(response.headers.get("date") ?? "") || Date.now();
      const endsAt = askedAt + Date.parse(expiresAt) - serverNow;
      return { outcome: "given", pass: { path, url: songUrl, token, givenAt: askedAt, endsAt } };
    } catch {
      return { outcome: "unavailable" };
    }
  }
}
