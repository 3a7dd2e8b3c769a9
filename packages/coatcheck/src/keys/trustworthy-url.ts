import { requireSwitch } from "../core/known-options.ts";
import { isLoopback } from "../core/loopback.ts";
import { written } from "../core/written-value.ts";
import { CoatcheckError } from "../errors.ts";

/**
 * A service trusts the content of this URL, so no attacker on the network may be able to change it.
 *
 * @throws CoatcheckError `invalid_configuration`
 */
export function requireTrustworthyUrl(text: string, dangerouslyAllowInsecureUrl = false): void {
  requireSwitch("dangerouslyAllowInsecureUrl", dangerouslyAllowInsecureUrl);
  if (!URL.canParse(text))
    throw new CoatcheckError(
      "invalid_configuration",
      `url is text such as "https://login.example/…", not ${written(text)}.`,
    );
  const { protocol, hostname } = new URL(text);
  if (protocol === "https:" || (protocol === "http:" && (dangerouslyAllowInsecureUrl || isLoopback(hostname)))) return;
  throw new CoatcheckError("invalid_configuration", `"${text}" must begin with https://, unless it is loopback.`);
}
