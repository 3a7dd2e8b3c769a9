import { type Pass, readAccessPath, requireAccessPath, scopeCovers } from "coatcheck/passes";
import { readPlainReference } from "./plain-reference.ts";

export interface PlaylistPlace {
  /** Of the file service. */
  readonly publicUrl: string;
  /** Of the playlist, as passes write paths. */
  readonly path: string;
}

/**
 * What a playlist uses a URI for. One that names another playlist is a step from which the player goes on: what that says
 * has to be looked at by us as well, which its name decides.
 */
export type ChildKind = "playlist" | "part";

/**
 * What stands in place of a URI, up to where the pass follows; null for a URI that stays as it is, and gets no pass.
 */
export type ReferenceOf = (uri: string, kind: ChildKind) => string | null;

/** Relative, of names alone that are written in one way: nearly all of them are, and this is read at a glance. */
const PLAIN_NAMES = /^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/;
const PLAYLIST_NAME = /\.m3u8?$/i;
const MAXIMUM_QUERY_LENGTH = 1_024;

/**
 * Finds out which children of a playlist its pass opens, and writes references to those: of what was decided, and of
 * nothing that stood there. Players read a URI by three grammars at least. One that is read in two ways would be judged
 * in one of them, and the pass sent to another host by the other.
 */
export function childReferences(pass: Pass, { publicUrl, path }: PlaylistPlace): ReferenceOf {
  const scope = requireAccessPath(pass.path);
  const base = publicUrl + path;
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return (uri, kind) => {
    const url = PLAIN_NAMES.test(uri) ? { pathname: folder + uri, search: "" } : readPlainReference(uri, base);
    const child = url === null ? null : readAccessPath(url.pathname);
    if (url === null || child === null || !scopeCovers(scope, child)) return null;
    if (kind === "playlist" && !PLAYLIST_NAME.test(child.text)) return null;
    if (url.search === "") return `${child.text}?token=`;
    const query = url.search.slice(1);
    if (query.length > MAXIMUM_QUERY_LENGTH || new URLSearchParams(query).has("token")) return null;
    return `${child.text}?${inOneSpelling(query)}&token=`;
  };
}

/** Some readers look for "://" in all of a reference, others for quotes and commas. */
function inOneSpelling(query: string): string {
  return query.replace(/[^\w.~!*'()=&+%-]/gu, encodeURIComponent);
}
