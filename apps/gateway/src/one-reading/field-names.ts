import { rememberedByName } from "./remembered-names.ts";
import {
  OF_OTHER_PROXIES,
  OF_THE_CONNECTION,
  OF_THE_GATEWAY,
  OF_THE_ORIGINAL_PATH,
  OF_THE_PATH,
} from "./telling-names.ts";

/**
 * What a service would make of a field's name:
 * - `plain`: every program reads the same name, and it tells nothing that a client may not say;
 * - `unclear`: it holds a character such as "_", "." or "~", which some programs read as "-" or leave out;
 * - `of_others`: other proxies use it to say who asks, from where or how;
 * - `of_path`, `of_original_path`, `of_gateway`, `of_connection`: a client may never say this to a service.
 */
export type FieldNameKind =
  | "plain"
  | "unclear"
  | "of_others"
  | "of_path"
  | "of_original_path"
  | "of_gateway"
  | "of_connection";

/**
 * A route's rules for names: fields that its service needs although they are normally held back, and fields that it
 * must not get.
 */
export interface FieldNameRules {
  /** Names in lower case. */
  readonly forwardHeaders: readonly string[];
  /** Names in the form of `comparedName`. */
  readonly dropHeaders: readonly string[];
}

/** The only alphabet that servers, protocol gateways and scripts agree on. */
const PLAIN = /^[a-z0-9-]+$/;

/**
 * The name as read by a program that knows letters and digits alone: it takes all other characters for the same one.
 */
export function comparedName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "-");
}

export const kindOfFieldName: (name: string) => FieldNameKind = rememberedByName(readKind);

function readKind(name: string): FieldNameKind {
  const compared = comparedName(name);
  if (OF_THE_CONNECTION.test(compared)) return "of_connection";
  if (OF_THE_GATEWAY.test(compared)) return "of_gateway";
  if (OF_THE_ORIGINAL_PATH.test(compared)) return "of_original_path";
  if (OF_THE_PATH.test(compared)) return "of_path";
  if (OF_OTHER_PROXIES.test(compared)) return "of_others";
  return PLAIN.test(name.toLowerCase()) ? "plain" : "unclear";
}

/** Whether a field of this name is forwarded to a service as the client sent it. */
export function isForwarded(name: string, { forwardHeaders, dropHeaders }: FieldNameRules): boolean {
  const kind = kindOfFieldName(name);
  if (dropHeaders.length > 0 && dropHeaders.includes(comparedName(name))) return false;
  if (kind === "plain") return true;
  return (kind === "unclear" || kind === "of_others") && forwardHeaders.includes(name.toLowerCase());
}

/** The reason why a route cannot list a name of letters, digits, "-" and "_" in `forwardHeaders`; null if it can. */
export function notToBeListed(name: string): string | null {
  const kind = kindOfFieldName(name);
  if (kind === "plain") return "is forwarded anyway";
  if (kind === "unclear") return null;
  if (kind === "of_others") return name.includes("_") ? 'is read as one with "-" by which proxies say who asks' : null;
  return "is never a client's to say to a service";
}
