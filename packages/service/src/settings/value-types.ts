import { isIP } from "node:net";
import { resolve } from "node:path";
import { InvalidValue, type ValueType, within } from "./value-type.ts";

const HOST_NAME = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*$/;

export function parseText(value: unknown): string {
  if (typeof value !== "string" || value.trim() === "") throw new InvalidValue("must be a text that is not empty");
  return value;
}

export const text: ValueType<string> = { parse: parseText, schema: { type: "string", minLength: 1 } };

/** The path of a file or a folder, which becomes absolute. */
export const path: ValueType<string> = { ...text, parse: (value) => resolve(parseText(value)) };

export const hostName: ValueType<string> = {
  parse(value) {
    const host = parseText(value);
    if (isIP(host) === 0 && !HOST_NAME.test(host)) throw new InvalidValue("must be a host name or an IP address");
    return host;
  },
  schema: { type: "string", pattern: "^[A-Za-z0-9.:%-]+$" },
};

export interface WholeNumberRange {
  readonly minimum: number;
  readonly maximum: number;
  /** The unit, such as "seconds". */
  readonly unit?: string;
}

export function wholeNumber({ minimum, maximum, unit }: WholeNumberRange): ValueType<number> {
  const what = unit === undefined ? "a whole number" : `a whole number of ${unit}`;
  return {
    parse(value) {
      if (Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum) return Number(value);
      throw new InvalidValue(`must be ${what} from ${minimum} to ${maximum}`);
    },
    fromText: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : text),
    schema: { type: "integer", minimum, maximum },
  };
}

export const port = wholeNumber({ minimum: 0, maximum: 65_535 });

/** A day at most. */
export const seconds = wholeNumber({ minimum: 1, maximum: 86_400, unit: "seconds" });

export const stopDelay = wholeNumber({ minimum: 0, maximum: 60, unit: "seconds" });

export const trueOrFalse: ValueType<boolean> = {
  parse(value) {
    if (typeof value !== "boolean") throw new InvalidValue("must be true or false");
    return value;
  },
  fromText: (text) => (text === "true" || text === "false" ? text === "true" : text),
  schema: { type: "boolean" },
};

export function oneOf<const Choice extends string>(choices: readonly Choice[]): ValueType<Choice> {
  return {
    parse(value) {
      const choice = choices.find((each) => each === value);
      if (choice === undefined) throw new InvalidValue(`must be one of ${choices.join(", ")}`);
      return choice;
    },
    schema: { enum: choices },
  };
}

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

export const logLevel = oneOf(logLevels);

/** A list in the file; in the environment a text with commas. `what` names the entries. */
export function listOf<Entry>(entry: ValueType<Entry>, what: string): ValueType<readonly Entry[]> {
  return {
    parse(value) {
      if (!Array.isArray(value)) throw new InvalidValue(`must be a list of ${what}`);
      return value.map((each: unknown, index) => within(`entry ${index + 1}`, () => entry.parse(each)));
    },
    fromText: splitText,
    schema: { type: "array", items: entry.schema },
    show: (values) => values.flatMap((value) => entry.show?.(value) ?? [String(value)]),
  };
}

/** The entries of a text with commas. */
export function splitText(text: string): readonly string[] {
  return text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

const network: ValueType<string> = {
  parse(value) {
    const [address = "", length, ...rest] = typeof value === "string" ? value.split("/") : [];
    const bits = isIP(address) === 4 ? 32 : 128;
    const isWhole = length === undefined;
    const isNetwork = length !== undefined && /^\d{1,3}$/.test(length) && Number(length) <= bits;
    if (typeof value !== "string" || isIP(address) === 0 || rest.length > 0 || !(isWhole || isNetwork)) {
      throw new InvalidValue('must be an IP address, or a network such as "10.0.0.0/8"');
    }
    if (!isWhole && Number(length) === 0) {
      throw new InvalidValue("must not trust every address: any client could then choose its own");
    }
    return value;
  },
  schema: { type: "string", pattern: "^[0-9A-Za-z.:%-]+(/[0-9]{1,3})?$", examples: ["10.0.0.0/8"] },
};

/** The addresses and networks of proxies that are believed. */
export const networks = listOf(network, "IP addresses and networks");
