import { comparedName } from "./field-names.ts";
import { rememberedByName } from "./remembered-names.ts";
import { type RequestTarget, readRequestTarget } from "./request-target.ts";

/**
 * Fields by which a client has a service act on a second path: where a copy goes (WebDAV, RFC 4918, 10.3), or where it
 * comes from (object stores).
 */
const NAMES_A_PATH =
  /^(destination|x(-[a-z]+)*-(copy|move|rename)-(source|from|to)|x-(symlink-target|object-manifest))$/;
const URL_WITH_HOST = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\\]+(?<path>\/.*)$/i;
const BEGINS_WITH_SCHEME = /^[a-z][a-z0-9+.-]*:/i;

export const namesAPath: (fieldName: string) => boolean = rememberedByName((fieldName) =>
  NAMES_A_PATH.test(comparedName(fieldName)),
);

/** What a method may act on beside its own path. */
export interface NamedPaths {
  /** Paths that its header names, in each way that a service may read them. */
  readonly named: readonly RequestTarget[];
  /** Whether it acts on everything below as well: a folder is copied, moved, deleted, listed or locked with all that is in it. */
  readonly isDeep: boolean;
}

/** Null where a field names what is no path, or could be several. */
export function namedPathsOf(
  { method = "GET", rawHeaders }: { readonly method?: string | undefined; readonly rawHeaders: readonly string[] },
  target: RequestTarget,
): NamedPaths | null {
  const named: RequestTarget[] = [];
  const depths: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const value = rawHeaders[index + 1] ?? "";
    if (name.length === "depth".length && name.toLowerCase() === "depth") depths.push(value.trim().toLowerCase());
    if (!namesAPath(name)) continue;
    for (const path of pathsIn(value, target)) {
      const read = readRequestTarget(path);
      if (read === null) return null;
      named.push(read);
    }
  }
  return { named, isDeep: isDeep(method, depths) };
}

/** Some services take no notice of the host, and some read a path without "/" from the root, and some from the folder. */
function pathsIn(value: string, { forwarded }: RequestTarget): readonly string[] {
  if (value.startsWith("/")) return [value];
  const path = URL_WITH_HOST.exec(value)?.groups?.path;
  if (path !== undefined) return [path];
  // "http:/admin" is a path to one, and "admin" to another.
  if (BEGINS_WITH_SCHEME.test(value)) return [value];
  const folder = forwarded.split("?", 1)[0]?.replace(/[^/]*$/, "") ?? "/";
  return [`/${value}`, folder + value];
}

/** Without Depth, some of these mean all that is below (RFC 4918, 9). */
function isDeep(method: string, depths: readonly string[]): boolean {
  if (/^B?(COPY|MOVE|DELETE)$/.test(method)) return true;
  if (depths.length === 0) return /^(B?PROPFIND|LOCK)$/.test(method);
  return depths.some((depth) => !/^[01](,noroot)?$/.test(depth));
}
