import { isIP } from "node:net";

/**
 * Parsers of single settings. Each takes what the environment (text) or the file (JSON) holds and returns the checked
 * value, or throws `InvalidValue` with the rule. None repeats the value: a password in the wrong place must not end up
 * on a screen or in a log.
 */
export class InvalidValue extends Error {
  override readonly name = "InvalidValue";
}

const HOST_NAME = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*$/;

export function parseText(value: unknown): string {
  if (typeof value !== "string" || value.trim() === "") throw new InvalidValue("must be a text that is not empty");
  return value;
}

export function parseHost(value: unknown): string {
  const host = parseText(value);
  if (isIP(host) === 0 && !HOST_NAME.test(host)) throw new InvalidValue("must be a host name or an IP address");
  return host;
}

export function parsePort(value: unknown): number {
  return parseWholeNumber(value, 0, 65_535);
}

/** At least one, at most a day. */
export function parseSeconds(value: unknown): number {
  return parseWholeNumber(value, 1, 86_400, " of seconds");
}

/** None to a minute. */
export function parseStopDelay(value: unknown): number {
  return parseWholeNumber(value, 0, 60, " of seconds");
}

export function parseBoolean(value: unknown): boolean {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  throw new InvalidValue("must be true or false");
}

export function parseChoice<Choice extends string>(choices: readonly Choice[]): (value: unknown) => Choice {
  return (value) => {
    const choice = choices.find((each) => each === value);
    if (choice === undefined) throw new InvalidValue(`must be one of ${choices.join(", ")}`);
    return choice;
  };
}

/** Texts, as a list or separated by commas. `what` they are is told to whoever gave something else. */
export function parseList(value: unknown, what = "texts"): readonly string[] {
  const entries: unknown = typeof value === "string" ? value.split(",").map((entry) => entry.trim()) : value;
  if (!Array.isArray(entries) || !entries.every((entry) => typeof entry === "string")) {
    throw new InvalidValue(`must be a list of ${what}`);
  }
  return entries.filter((entry) => entry !== "");
}

/** Addresses and networks, as a list or separated by commas. */
export function parseTrustedProxies(value: unknown): readonly string[] {
  return parseList(value, "IP addresses and networks").map(parseNetwork);
}

function parseNetwork(text: string): string {
  const [address = "", length, ...rest] = text.split("/");
  const bits = isIP(address) === 4 ? 32 : 128;
  const isWhole = length === undefined;
  const isNetwork = length !== undefined && /^\d{1,3}$/.test(length) && Number(length) <= bits;
  if (isIP(address) === 0 || rest.length > 0 || !(isWhole || isNetwork)) {
    throw new InvalidValue('must hold IP addresses and networks such as "10.0.0.0/8" alone');
  }
  if (!isWhole && Number(length) === 0) {
    throw new InvalidValue("must not trust every address: any client could then choose its own");
  }
  return text;
}

export function parseWholeNumber(value: unknown, minimum: number, maximum: number, unit = ""): number {
  const number = typeof value === "string" && /^\d{1,5}$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number) && number >= minimum && number <= maximum) return number;
  throw new InvalidValue(`must be a whole number${unit} from ${minimum} to ${maximum}`);
}
