import { readAccessPath, requireAccessPath, scopeCovers } from "coatcheck/access/path-scope";
import type { Pass } from "coatcheck/access/verifier";
import type { RewriteUri } from "./rewrite-playlist.ts";

export interface PlaylistPlace {
  /** Of the file service. */
  readonly publicUrl: string;
  /** Of the playlist, as passes write paths. */
  readonly path: string;
}

/**
 * Gives the pass of a playlist to its children: to what it opens on this very origin, and to nobody else. What it does
 * not open would gain nothing by it, and another host would be handed the key to this one.
 */
export function passingOn(token: string, pass: Pass, { publicUrl, path }: PlaylistPlace): RewriteUri {
  const scope = requireAccessPath(pass.path);
  const base = publicUrl + path;
  return (uri) => {
    const url = URL.canParse(uri, base) ? new URL(uri, base) : null;
    if (url === null || url.origin !== publicUrl || url.username !== "" || url.password !== "") return uri;
    const child = readAccessPath(url.pathname);
    if (child === null || !scopeCovers(scope, child) || url.searchParams.has("token")) return uri;
    return withToken(uri.trimEnd(), token);
  };
}

/** Before the fragment, and with the rest of the URI as it was written. */
function withToken(uri: string, token: string): string {
  const mark = uri.indexOf("#");
  const [head, fragment] = mark === -1 ? [uri, ""] : [uri.slice(0, mark), uri.slice(mark)];
  return `${head}${head.includes("?") ? "&" : "?"}token=${token}${fragment}`;
}
