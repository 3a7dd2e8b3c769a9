/** The part of a request that the guard looks at. A web-standard `Request` fits. */
export interface GuardedRequest {
  /** In capitals, as in HTTP. */
  readonly method: string;
  /** Several fields of one name are joined with ", " ("; " for Cookie), as HTTP servers do. */
  readonly headers: { get(name: string): string | null };
  /** Absolute, or path and query as in the request line. Only the login view and exemptions need it. */
  readonly url?: string | undefined;
  /** The client's address, as the application knows it behind the proxies that it trusts. */
  readonly clientAddress?: string | undefined;
  /** The id of the request in the application's log, for listeners to events. */
  readonly id?: string | undefined;
}

/**
 * Whether the request asks for a WebSocket. Scripts and HTTP clients offer other protocols, such as h2c, and are
 * answered as if they did not; no page of a browser can offer them.
 */
export function opensWebSocket({ headers }: GuardedRequest): boolean {
  return /(^|,)[ \t]*websocket[ \t]*(,|$)/i.test(headers.get("upgrade") ?? "");
}

/** Path and query of the request, as a URL parser reads them; null if the adapter gave none. */
export function pathOf({
  url,
}: Pick<GuardedRequest, "url">): { readonly pathname: string; readonly search: string } | null {
  if (url === undefined) return null;
  // Joined as text, because a URL resolver would read "//host" as another host.
  const absolute = url.startsWith("/") ? `http://path.invalid${url}` : url;
  return URL.canParse(absolute) ? new URL(absolute) : null;
}
