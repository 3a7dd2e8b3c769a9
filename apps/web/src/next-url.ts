const SIGN_IN_PATH = "/auth/sign-in";
const DEFAULT_PATH = "/auth/account";

/** What of a page's address says where it leads. */
export interface Here {
  readonly origin: string;
  /** With its "#"; empty for none. */
  readonly hash: string;
}

/**
 * Where to go after signing in: `next` when it is a path on this origin, the account page otherwise. The answer is
 * absolute, so that a path such as `//elsewhere.example` can never be taken for another host. No server hears of the fragment
 * that was asked for: the browser takes it along to the page that it is sent to, which is here.
 */
export function nextUrl(next: string | null, { origin, hash }: Here): string {
  const fallback = origin + DEFAULT_PATH;
  // Only paths: this leaves out `javascript:`, and `blob:`, whose URLs claim the origin that made them.
  if (!next?.startsWith("/") || !URL.canParse(next, origin)) return fallback;
  const url = new URL(next, origin);
  // The parser has by now undone backslashes, tabs and line breaks that hide a second slash.
  if (url.origin !== origin || url.pathname.startsWith("//")) return fallback;
  // The sign-in page would only ask again.
  if (url.pathname === SIGN_IN_PATH) return fallback;
  return origin + url.pathname + url.search + (url.hash === "" ? hash : url.hash);
}

/** The sign-in page, on the way back to `path`. */
export function signInUrl(path: string): string {
  return `${SIGN_IN_PATH}?${new URLSearchParams({ next: path })}`;
}

/** The sign-in page for a user who is signed in and wants to change to another account; then on to `next`, if given. */
export function switchUserUrl(next: string | null, { hash }: Pick<Here, "hash">): string {
  const way = next === null ? "" : `&${new URLSearchParams({ next })}`;
  return `${SIGN_IN_PATH}?switch-user${way}${hash}`;
}

export const SIGNED_OUT_URL = `${SIGN_IN_PATH}?signed-out`;
