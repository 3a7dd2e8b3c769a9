import { CoatcheckError } from "../errors.ts";
import { similarOption } from "./similar-option.ts";
import { isPromise, kindOf, written } from "./written-value.ts";

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
  requireOptionsObject(owner, options, known);
  // Refuses inherited options too: of those from a copied __proto__, some would count and some would not.
  for (const name in options) {
    if (!Object.hasOwn(options, name)) {
      const message = `${owner} takes options of the object itself, and "${name}" is inherited: write { ...defaults, … }.`;
      throw new CoatcheckError("invalid_configuration", message);
    }
    if (known.has(name)) continue;
    throw new CoatcheckError("invalid_configuration", `${owner} has no option "${name}".${hintFor(name, known)}`);
  }
}

/** A list, a promise or an object of some class has no options: everything meant by it would silently be ignored. */
function requireOptionsObject(owner: string, options: unknown, known: ReadonlySet<string>): void {
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  if (isObject && (isPlainObject(options) || Object.keys(options).some((name) => known.has(name)))) return;
  const [first, second] = known;
  const example = second === undefined ? `{ ${first} }` : `{ ${first}, ${second}, … }`;
  const advice = isPromise(options) ? " Write await before the promise." : "";
  const message = `${owner} takes an object of options, such as ${example}, and not ${kindOf(options)}.${advice}`;
  throw new CoatcheckError("invalid_configuration", message);
}

/** Whether the object was written as `{ … }`, in any realm. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function hintFor(name: string, known: ReadonlySet<string>): string {
  if (Object.hasOwn(HINTS, name)) return ` ${HINTS[name]}`;
  const nearest = similarOption(name, [...known]);
  return nearest === null ? ` There are ${[...known].join(", ")}.` : ` Did you mean "${nearest}"?`;
}

/**
 * Values from a file or the environment are text, and the text "false" would count as true.
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

/** @throws CoatcheckError `invalid_configuration` unless the option is left out or tells the time */
export function requireClock(clock: unknown): void {
  if (clock === undefined) return;
  if (typeof clock === "object" && clock !== null && "now" in clock && typeof clock.now === "function") return;
  const message = `clock is an object that has now(), such as { now: () => Date.now() }, not ${written(clock)}.`;
  throw new CoatcheckError("invalid_configuration", message);
}

/** @throws CoatcheckError `invalid_configuration` unless the option is text that is not empty */
export function requireText(name: string, value: unknown, example: string): void {
  if (typeof value === "string" && value !== "") return;
  throw new CoatcheckError("invalid_configuration", `${name} is text, such as "${example}", not ${written(value)}.`);
}

/** @throws CoatcheckError `invalid_configuration` unless the option is left out or a number of at least `minimum` */
export function requireSeconds(name: string, value: unknown, minimum: number): void {
  if (value === undefined || (typeof value === "number" && value >= minimum && Number.isFinite(value))) return;
  throw new CoatcheckError("invalid_configuration", `${name} is a number, at least ${minimum}, not ${written(value)}.`);
}

/** @throws CoatcheckError `invalid_configuration` unless the option is a whole number from 1 to `maximum` */
export function requireWholeNumber(name: string, value: number, maximum: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= maximum) return;
  throw new CoatcheckError(
    "invalid_configuration",
    `${name} must be a whole number from 1 to ${maximum}, not ${written(value)}.`,
  );
}
