import type { IncomingMessage } from "node:http";
import { InvalidValue, parseFromText } from "@coatcheck/service/settings/value-type";
import { trueOrFalse } from "@coatcheck/service/settings/value-types";
import { allowancesOf, PATH_ALLOWANCES, type PathAllowances } from "../one-reading/path-allowances.ts";
import type { AskedAccess } from "../proxy/access-decision.ts";
import { forwardedNames } from "../routing/field-name-lists.ts";
import { routeAccess } from "../routing/route-access.ts";
import type { VerifyDialect } from "./original-request.ts";

/** A question of a proxy's: in which dialect, and what follows in its URL. */
export interface Question {
  readonly dialect: VerifyDialect;
  readonly rest: string;
}

/** The access that a proxy's configuration requires, in the words of a route. */
export interface Asked extends PathAllowances {
  readonly access: AskedAccess;
  /** Names with "_" that the application needs. */
  readonly forwardHeaders: readonly string[];
  /** Lets a field name another path, as WebDAV's Destination does. */
  readonly allowOtherPaths: boolean;
  /** Refuses what goes on behind a script's name. */
  readonly refusePathInfo: boolean;
}

const PREFIX = "/auth/verify/";
const PATH = /^\/auth\/verify\/(nginx|forward|envoy)(?=[/?]|$)(.*)$/;
const NOTHING_ELSE = {
  forwardHeaders: [],
  allowOtherPaths: false,
  refusePathInfo: false,
  ...allowancesOf(() => false),
};
const LOGIN: Asked = { access: { kind: "login" }, ...NOTHING_ELSE };
const NAMES: readonly string[] = [
  "access",
  "forwardHeaders",
  "allowOtherPaths",
  "refusePathInfo",
  ...PATH_ALLOWANCES,
] satisfies (keyof Asked)[];

/** Null for what is no question of a proxy's. */
export function questionIn({ url = "" }: IncomingMessage): Question | null {
  const [, dialect, rest = ""] = (url.startsWith(PREFIX) ? PATH.exec(url) : null) ?? [];
  return dialect === undefined ? null : { dialect: dialect as VerifyDialect, rest };
}

/**
 * The access that the proxy's configuration requires in the query of its address; a login, where it says nothing. For
 * what makes no sense, what is wrong with it: a misspelt or misplaced word must not silently let in all who are logged in.
 */
export function askedIn({ dialect, rest }: Question): Asked | string {
  if (dialect === "envoy") {
    // Envoy appends the path of the request, to whatever its configuration has.
    return /^\/?[?;&]?access=/.test(rest)
      ? "its path_prefix asks for something, and a question of Envoy's cannot"
      : LOGIN;
  }
  if (rest === "") return LOGIN;
  if (!rest.startsWith("?")) return "something follows its address that is no query";
  const parameters = new URLSearchParams(rest);
  const names = [...parameters.keys()];
  if (new Set(names).size < names.length) return "something is in its query twice";
  if (!names.every((name) => NAMES.includes(name))) return `only ${NAMES.join(", ")} can be in its query`;
  try {
    const access = routeAccess.parse(parameters.get("access") ?? "login");
    if (access.kind === "public") return "what is public needs no question";
    const forwardHeaders = forwardedNames.parse(parameters.get("forwardHeaders") ?? "");
    const flag = (name: keyof Asked) => parseFromText(trueOrFalse, parameters.get(name) ?? "false");
    const [allowOtherPaths, refusePathInfo] = [flag("allowOtherPaths"), flag("refusePathInfo")];
    return { access, forwardHeaders, allowOtherPaths, refusePathInfo, ...allowancesOf(flag) };
  } catch (error) {
    if (error instanceof InvalidValue) return `its query ${error.message}`;
    throw error;
  }
}
