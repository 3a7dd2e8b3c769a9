import { CoatcheckError } from "../errors.ts";
import { similarOption } from "./similar-option.ts";

/** Options that people know from other libraries, and the names or places that they have here. */
const HINTS: Readonly<Record<string, string>> = {
  sameSite:
    "The cookie is always SameSite=Lax: other sites are never sent it, and trustedOrigins are of the same site.",
  secure: "Secure follows the origin: it is set for every https origin.",
  httpOnly: "The cookie is always HttpOnly.",
  secret: "There is no secret: tokens are random, and nothing is signed.",
  cookie: "The cookie's name and attributes are not configurable.",
  domain: "The cookie is of this host alone, which its __Host-Http- prefix promises.",
  cors: "CORS follows trustedOrigins.",
};

/**
 * An option that does nothing is worse than an error, because its author relies on it.
 *
 * @throws CoatcheckError `invalid_configuration`
 */
export function refuseUnknownOptions(owner: string, options: object, known: ReadonlySet<string>): void {
  if (typeof options !== "object" || options === null) {
    throw new CoatcheckError("invalid_configuration", `${owner} takes options: an object such as { name: value }.`);
  }
  for (const name of Object.keys(options)) {
    if (known.has(name)) continue;
    throw new CoatcheckError("invalid_configuration", `${owner} has no option "${name}".${hintFor(name, known)}`);
  }
}

function hintFor(name: string, known: ReadonlySet<string>): string {
  if (Object.hasOwn(HINTS, name)) return ` ${HINTS[name]}`;
  const nearest = similarOption(name, [...known]);
  return nearest === null ? ` There are ${[...known].join(", ")}.` : ` Did you mean "${nearest}"?`;
}

/**
 * Values from a file or the environment are text, and the text "false" would count as a yes.
 *
 * @throws CoatcheckError `invalid_configuration` unless the option is left out, true or false
 */
export function requireSwitch(name: string, value: unknown): void {
  if (value === undefined || typeof value === "boolean") return;
  throw new CoatcheckError("invalid_configuration", `${name} is true or false, without quotes, not ${written(value)}.`);
}

/**
 * A misspelt choice would silently become the default, which is seldom the strict one.
 *
 * @throws CoatcheckError `invalid_configuration` unless the option is left out or one of the choices
 */
export function requireChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (value === undefined || choices.some((choice) => choice === value)) return;
  const listed = choices.map((choice) => `"${choice}"`).join(" or ");
  throw new CoatcheckError("invalid_configuration", `${name} is ${listed}, not ${written(value)}.`);
}

/** @throws CoatcheckError `invalid_configuration` unless the option is left out or a function */
export function requireFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw new CoatcheckError("invalid_configuration", `${name} is a function, not ${written(value)}.`);
}

/** For a message: short text and numbers as they are written, of anything else its kind. */
function written(value: unknown): string {
  if (typeof value === "string" && value.length <= 40) return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  if (Array.isArray(value)) return "a list";
  return value === undefined ? "undefined" : `of type ${typeof value}`;
}

/** @throws CoatcheckError `invalid_configuration` unless the option is a whole number from 1 to `maximum` */
export function requireWholeNumber(name: string, value: number, maximum: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= maximum) return;
  throw new CoatcheckError("invalid_configuration", `${name} must be a whole number from 1 to ${maximum}.`);
}
