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
 * - `plain`: a name that is the same to every program, and tells nothing that a client may not say;
 * - `unclear`: it holds a character that some programs take for "-" or leave out, as "_", "." and "~" are;
 * - `of_others`: other proxies say by it who asks, from where or how;
 * - `of_path`, `of_original_path`, `of_gateway`, `of_connection`: never the client's to say to a service.
 */
export type FieldNameKind =
  | "plain"
  | "unclear"
  | "of_others"
  | "of_path"
  | "of_original_path"
  | "of_gateway"
  | "of_connection";

/** What a route says of names: those that its service needs though they are kept back, and those that it must not get. */
export interface FieldNameRules {
  /** In lower case. */
  readonly forwardHeaders: readonly string[];
  /** As `comparedName` has them. */
  readonly dropHeaders: readonly string[];
}

/** The one alphabet that servers, gateways between protocols and scripts agree about. */
const PLAIN = /^[a-z0-9-]+$/;

/** What a program reads that knows letters and digits alone: each other character is one and the same to it. */
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

/** Whether a field of this name goes on to a service, as a client has sent it. */
export function isForwarded(name: string, { forwardHeaders, dropHeaders }: FieldNameRules): boolean {
  const kind = kindOfFieldName(name);
  if (dropHeaders.length > 0 && dropHeaders.includes(comparedName(name))) return false;
  if (kind === "plain") return true;
  return (kind === "unclear" || kind === "of_others") && forwardHeaders.includes(name.toLowerCase());
}

/** Why a route cannot list a name of letters, digits, "-" and "_" in `forwardHeaders`; null where it can. */
export function notToBeListed(name: string): string | null {
  const kind = kindOfFieldName(name);
  if (kind === "plain") return "is forwarded anyway";
  if (kind === "unclear") return null;
  if (kind === "of_others") return name.includes("_") ? 'is read as one with "-" by which proxies say who asks' : null;
  return "is never a client's to say to a service";
}
