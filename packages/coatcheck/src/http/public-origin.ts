import { requireSwitch } from "../core/known-options.ts";
import { isLoopback } from "../core/loopback.ts";
import { written } from "../core/written-value.ts";
import { CoatcheckError } from "../errors.ts";

/** The one origin under which browsers know the application. Absolute URLs, the cookie and CSRF checks follow it. */
export interface PublicOrigin {
  /** In the form in which browsers serialise it: "https://app.example", "http://localhost:8080". */
  readonly text: string;
  /** Whether it is https: then the cookie is `Secure`, too. */
  readonly isSecure: boolean;
  /** The port, written out or not: 443 for https, 80 for http. */
  readonly port: number;
}

/** Options for the origins that are accepted. */
export interface PublicOriginOptions {
  /**
   * Accepts plain http on a host that is not loopback. Cookies and pages can then be read and changed by anyone on
   * the way, and nothing else that coatcheck does helps against it. False by default.
   */
  readonly dangerouslyAllowInsecureOrigin?: boolean;
}

/**
 * Checks and parses a configured origin. The request's Host header never takes its place, because the client chooses it
 * (OWASP ASVS 5.0, 4.1.3).
 *
 * @throws CoatcheckError `insecure_origin` for http beyond loopback, `invalid_configuration` for a text that is no
 * origin
 */
export function parsePublicOrigin(text: string, options: PublicOriginOptions = {}): PublicOrigin {
  requireSwitch("dangerouslyAllowInsecureOrigin", options.dangerouslyAllowInsecureOrigin);
  if (text === undefined) {
    throw new CoatcheckError("invalid_configuration", 'origin is missing: write origin: "https://app.example".');
  }
  if (typeof text !== "string") {
    const message = `origin is text, such as "https://app.example", not ${written(text)}.`;
    throw new CoatcheckError("invalid_configuration", message);
  }
  if (!URL.canParse(text))
    throw new CoatcheckError(
      "invalid_configuration",
      `${shown(text)} is not an origin, such as "https://app.example".`,
    );
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    const message = `An origin has no user name and no password: write "${url.protocol}//${url.host}".`;
    throw new CoatcheckError("invalid_configuration", message);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new CoatcheckError("invalid_configuration", `${shown(text)} must begin with https:// or http://.`);
  }
  // An origin has no path, query or user name: an operator who wrote one expects an effect that it would not have.
  if (text.replace(/\/$/, "") !== url.origin) {
    throw new CoatcheckError("invalid_configuration", `"${text}" must be written as "${url.origin}".`);
  }
  const isSecure = url.protocol === "https:";
  if (!isSecure && !isLoopback(url.hostname) && !options.dangerouslyAllowInsecureOrigin) {
    throw new CoatcheckError(
      "insecure_origin",
      `"${text}" is plain http on a host that is not loopback: the session cookie could be read on the way. Use https.`,
    );
  }
  return { text: url.origin, isSecure, port: Number(url.port) || (isSecure ? 443 : 80) };
}

/** The text for a message. The part before an @ may be a password. */
function shown(text: string): string {
  return JSON.stringify(text.replace(/^.*@/s, "…@"));
}
