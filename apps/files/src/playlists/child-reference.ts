import { type Pass, readAccessPath, requireAccessPath, scopeCovers } from "coatcheck/passes";
import { readPlainReference } from "./plain-reference.ts";

export interface PlaylistPlace {
  /** The origin of the file service. */
  readonly publicUrl: string;
  /** The path of the playlist, as passes write paths. */
  readonly path: string;
}

/**
 * The use of a URI in a playlist. If the URI names another playlist, the player goes on from there. That playlist has to be
 * checked by us as well, and its name decides whether it is.
 */
export type ChildKind = "playlist" | "part";

/**
 * The text that replaces a URI, up to the place of the pass. Null for a URI that stays as it is and gets no pass.
 */
export type ReferenceOf = (uri: string, kind: ChildKind) => string | null;

/** A relative reference of plain names: nearly all are, and this check is fast. */
const PLAIN_NAMES = /^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/;
const PLAYLIST_NAME = /\.m3u8?$/i;
const MAXIMUM_QUERY_LENGTH = 1_024;

/**
 * Finds the children of a playlist that its pass opens, and writes their references anew from the decided path, not from the
 * text. Players read a URI by at least three grammars. A URI with two readings would be judged by one of them, and the other
 * would send the pass to another host.
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

/** Some readers search the whole reference for "://", others for quotes and commas. */
function inOneSpelling(query: string): string {
  return query.replace(/[^\w.~!*'()=&+%-]/gu, encodeURIComponent);
}
