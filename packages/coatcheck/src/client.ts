/**
 * The sessions as a page in a browser sees them: log in and out, list devices, and repeat a request that needs a login.
 *
 * @module
 */

/** The fields that the route of a login or of a confirmation reads. */
export type Credentials = Readonly<Record<string, unknown>>;

/** How a page reaches its server. */
export interface ClientOptions {
  /** The path of the routes login, logout, me, sessions and reauthenticate: "/auth" by default, as in the gateway. */
  readonly baseUrl?: string;
  /**
   * Asks the user to prove who they are: `login` if no user is logged in any more, `fresh_login` if the proof is too
   * old. Resolve to true once the user has done so; the request is then sent once more. Waiting requests share one
   * question. By default the user is not asked, and the caller gets the answer as it is.
   */
  readonly authenticate?: (needed: "login" | "fresh_login") => Promise<boolean>;
  /** Sends the requests; `fetch` by default. */
  readonly fetch?: typeof globalThis.fetch;
}

const OPTIONS: readonly string[] = ["baseUrl", "authenticate", "fetch"] satisfies (keyof ClientOptions)[];

/** An answer of failure, with the `code` of its `application/problem+json`. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  /** The status of the answer; 0 without one. */
  readonly status: number;
  /** The `code` of the problem; "unknown" if the answer had none. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * Client is a page's side of the sessions: it holds no token, for the browser keeps the cookie where no script can read
 * it. A logout in one tab is told to every other tab of the same origin at once, in browsers that have BroadcastChannel.
 */
export class Client<Me = unknown, OwnSession = unknown> {
  readonly #options: ClientOptions;
  readonly #baseUrl: string;
  readonly #channel: InstanceType<typeof BroadcastChannel> | null;
  readonly #listeners = new Set<() => void>();
  #asking: Promise<boolean> | null = null;
  #isClosed = false;

  /** @throws ClientError `invalid_configuration` for an unknown option */
  constructor(options: ClientOptions = {}) {
    refuseUnknownOptions(options);
    this.#options = options;
    this.#baseUrl = options.baseUrl ?? "/auth";
    this.#channel = channelNamed(`coatcheck ${this.#baseUrl}`);
    if (this.#channel !== null) this.#channel.onmessage = () => this.#tell();
  }

  /**
   * Logs in. The browser keeps the cookie. Returns the user, as the route describes them.
   *
   * @throws ClientError, as `invalid_credentials`
   */
  login(credentials: Credentials): Promise<Me> {
    return this.#call("POST", "/login", credentials);
  }

  /** Logs out. Rejects, and tells no tab, if the server did not end the session: try again then. */
  async logout(): Promise<void> {
    await this.#call("POST", "/logout");
    this.#tell();
    // A closed channel throws, and the logout is done.
    if (!this.#isClosed) this.#channel?.postMessage("logged_out");
  }

  /** Reads the user who is logged in; null if there is none. */
  async me(): Promise<Me | null> {
    const response = await this.#send(`${this.#baseUrl}/me`, { method: "GET" });
    return response.status === 401 ? null : this.#read(response);
  }

  /**
   * Lists the user's devices, as the route gives them.
   *
   * @throws ClientError
   */
  sessions(): Promise<OwnSession> {
    return this.#call("GET", "/sessions");
  }

  /** Signs out one device; without an id, all others. */
  revoke(sessionId?: string): Promise<void> {
    return this.#call("DELETE", sessionId === undefined ? "/sessions" : `/sessions/${encodeURIComponent(sessionId)}`);
  }

  /**
   * Proves again who the user is, for a request that needs a fresh login.
   *
   * @throws ClientError, as `invalid_credentials`
   */
  reauthenticate(credentials: Credentials): Promise<unknown> {
    return this.#call("POST", "/reauthenticate", credentials);
  }

  /** Calls `fetch` with the cookie, and once more if the answer asks the user to authenticate and they have done so. */
  async fetch(url: string | URL, options: RequestInit = {}): Promise<Response> {
    const response = await this.#send(url, options);
    const needed = await this.#needed(response);
    // A stream can be sent only once.
    if (needed === null || options.body instanceof ReadableStream) return response;
    return (await this.#authenticate(needed)) ? this.#send(url, options) : response;
  }

  /** Calls `listener` when this or another tab has logged out. Returns the unsubscription. */
  onLogout(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Stops listening for logouts. */
  close(): void {
    this.#isClosed = true;
    this.#channel?.close();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  async #call<Answer>(method: string, path: string, body?: Credentials): Promise<Answer> {
    const content = body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    // A request that proves who the user is must not ask the user to prove it.
    const send = /^\/(login|reauthenticate|logout)$/.test(path) ? this.#send : this.fetch;
    return this.#read(await send.call(this, this.#baseUrl + path, { method, ...content }));
  }

  #send(url: string | URL, options: RequestInit): Promise<Response> {
    return (this.#options.fetch ?? fetch)(url, { credentials: "include", ...options });
  }

  async #read<Answer>(response: Response): Promise<Answer> {
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
    const answer = isJson && text ? JSON.parse(text) : undefined;
    if (response.ok) return answer;
    throw new ClientError(response.status, answer?.code ?? "unknown", answer?.detail ?? response.statusText);
  }

  async #needed(response: Response): Promise<"login" | "fresh_login" | null> {
    if (response.status === 401) return "login";
    if (response.status !== 403) return null;
    const problem: unknown = await response
      .clone()
      .json()
      .catch(() => null);
    return (problem as { code?: unknown } | null)?.code === "reauthentication_required" ? "fresh_login" : null;
  }

  #authenticate(needed: "login" | "fresh_login"): Promise<boolean> {
    const { authenticate } = this.#options;
    if (authenticate === undefined) return Promise.resolve(false);
    this.#asking ??= authenticate(needed).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }
}

/** The client has a check of its own, so that a page does not load that of the server's parts. */
function refuseUnknownOptions(options: ClientOptions): void {
  const isObject = typeof options === "object" && options !== null;
  const unknown = isObject ? Object.keys(options).find((name) => !OPTIONS.includes(name)) : null;
  if (unknown === undefined) return;
  const fault = unknown === null ? "takes an object of options" : `has no option "${unknown}"`;
  throw new ClientError(0, "invalid_configuration", `A Client ${fault}. There are ${OPTIONS.join(", ")}.`);
}

/**
 * Null where there is none, and where a browser refuses one to a frame that may store nothing: all else works then. Null
 * on a server as well, where pages are rendered for many users: one user's logout is no news for the others.
 */
function channelNamed(name: string): InstanceType<typeof BroadcastChannel> | null {
  const isPage = "location" in globalThis;
  if (!isPage || typeof BroadcastChannel === "undefined") return null;
  try {
    const channel = new BroadcastChannel(name);
    // Node's own, which simulated browsers use, would keep the process alive.
    (channel as { unref?: () => unknown }).unref?.();
    return channel;
  } catch {
    return null;
  }
}
