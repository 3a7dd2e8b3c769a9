import { comparedName } from "./field-names.ts";
import { rememberedByName } from "./remembered-names.ts";
import { type RequestTarget, readRequestTarget } from "./request-target.ts";

/**
 * Header fields with which a client makes a service act on a second path: the target of a copy (WebDAV, RFC 4918,
 * 10.3), or its source (object stores).
 */
const NAMES_A_PATH =
  /^(destination|x(-[a-z]+)*-(copy|move|rename)-(source|from|to)|x-(symlink-target|object-manifest))$/;
const URL_WITH_HOST = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\\]+(?<path>\/.*)$/i;
const BEGINS_WITH_SCHEME = /^[a-z][a-z0-9+.-]*:/i;

export const namesAPath: (fieldName: string) => boolean = rememberedByName((fieldName) =>
  NAMES_A_PATH.test(comparedName(fieldName)),
);

/** The paths that a method may act on beside its own. */
export interface NamedPaths {
  /** Paths that a header of the request names, in each way that a service may read them. */
  readonly named: readonly RequestTarget[];
  /**
   * Whether the method also acts on everything below the path: it copies, moves, deletes, lists or locks a folder with
   * its contents.
   */
  readonly isDeep: boolean;
}

/** Null if a field names something that is no path, or could be several paths. */
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

/** Some services ignore the host. Some resolve a path without "/" from the root, others from the folder. */
function pathsIn(value: string, { forwarded }: RequestTarget): readonly string[] {
  if (value.startsWith("/")) return [value];
  const path = URL_WITH_HOST.exec(value)?.groups?.path;
  if (path !== undefined) return [path];
  // To some services "http:/admin" is a path; others read it as "admin".
  if (BEGINS_WITH_SCHEME.test(value)) return [value];
  const folder = forwarded.split("?", 1)[0]?.replace(/[^/]*$/, "") ?? "/";
  return [`/${value}`, folder + value];
}

/** Without a Depth header, some of these methods act on everything below (RFC 4918, 9). */
function isDeep(method: string, depths: readonly string[]): boolean {
  if (/^B?(COPY|MOVE|DELETE)$/.test(method)) return true;
  if (depths.length === 0) return /^(B?PROPFIND|LOCK)$/.test(method);
  return depths.some((depth) => !/^[01](,noroot)?$/.test(depth));
}
