import type { Session } from "../core/session.ts";
import { requireGuard } from "../http/login-options.ts";
import type { RequestGuard } from "../http/request-guard.ts";
import type { RequestLoginOptions } from "../http/request-session.ts";

/** The user who is logged in, and the application. */
export interface LoggedInClientOptions extends RequestLoginOptions {
  /** The guard of the application under test, `auth.guard`: the session begins in its store, under its cookie. */
  readonly guard: RequestGuard;
  /** The id by which the application's `findUser` finds the user. It is not asked before the first request. */
  readonly userId: string;
  /** The URL at which the application listens, or which its handler takes for its own; by default the guard's origin. */
  readonly url?: string;
  /**
   * How a request reaches the application: its handler, or `app.request` of Hono. By default Node's `fetch`, which
   * opens a connection, and which puts "cors" into Sec-Fetch-Mode whatever it is told: it opens no pages.
   */
  readonly send?: (request: Request) => Response | Promise<Response>;
  /** The User-Agent of every request, that of the login too; "coatcheck/testing" by default. */
  readonly userAgent?: string;
  /** The address that the client logs in from, for an application whose `isSameClient` reads it; none by default. */
  readonly clientAddress?: string;
}

/**
 * A client that is logged in as `userId`, for the tests of an application: what `FlaskLoginClient` is to Flask-Login.
 * The login is a real one, through guard and store, so that what comes after it passes every check as it is: session
 * protection, too, for the client stays the one that it was.
 *
 * `fresh: false` logs in without a proof of identity, `remember: true` for longer, as `LoginOptions` say.
 *
 * @throws Error if the login is refused, as over the limit of sessions
 */
export async function loggedInClient(options: LoggedInClientOptions): Promise<LoggedInClient> {
  const { guard, userId, url, send, userAgent = "coatcheck/testing", clientAddress, ...login } = options;
  requireGuard("A loggedInClient", guard);
  const parts = { origin: guard.origin.text, url: url ?? guard.origin.text, send: send ?? fetch, userAgent };
  const session = guard.admit({ method: "POST", headers: new Headers(headersOf("POST", parts, null)), clientAddress });
  if (!session.ok) throw new Error(`The guard refused the login: ${session.code}.`);
  const result = await session.login(await guard.sessions.begin(userId), login);
  if (result.outcome !== "logged_in") throw new Error(`The login of "${userId}" came to nothing: ${result.outcome}.`);

  const jar = new CookieJar();
  for (const { name, value } of await session.finish({ status: 200, headers: new Headers() })) {
    if (name === "set-cookie") jar.keep(value);
  }
  return new LoggedInClient(result.authentication.session, jar, parts);
}

interface ClientParts {
  readonly origin: string;
  readonly url: string;
  readonly send: (request: Request) => Response | Promise<Response>;
  readonly userAgent: string;
}

/** LoggedInClient sends what a script of the application's own page would send, and keeps the cookies it is given. */
export class LoggedInClient {
  /** The session at the time of the login. */
  readonly session: Session;
  readonly #cookies: CookieJar;
  readonly #parts: ClientParts;

  /** @internal `loggedInClient` makes them. */
  constructor(session: Session, cookies: CookieJar, parts: ClientParts) {
    this.session = session;
    this.#cookies = cookies;
    this.#parts = parts;
  }

  /** The value of the Cookie header now; null once there are no cookies, as after a logout. */
  get cookie(): string | null {
    return this.#cookies.text;
  }

  /** The headers that the client adds to a request of that method, for `app.inject` of Fastify and for supertest. */
  headers(method = "GET"): Readonly<Record<string, string>> {
    return headersOf(method, this.#parts, this.cookie);
  }

  /** Keeps the cookies that a response sets, and drops those that it deletes. `fetch` does so by itself. */
  keepCookies(setCookie: string | readonly string[] | undefined): void {
    for (const field of typeof setCookie === "string" ? [setCookie] : (setCookie ?? [])) this.#cookies.keep(field);
  }

  /**
   * Sends a request to a path of the application. Headers of your own replace those of the client; redirections are
   * not followed, unless you say so.
   *
   * @throws Error for a URL of another origin, to which no browser would take the cookie along
   */
  async fetch(target: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const { url, send } = this.#parts;
    const address = target instanceof Request ? target : new URL(target, url);
    const request = new Request(address, { redirect: "manual", ...init });
    if (new URL(request.url).origin !== new URL(url).origin) throw new Error(`${request.url} is not of ${url}.`);
    for (const [name, value] of Object.entries(this.headers(request.method))) {
      if (!request.headers.has(name)) request.headers.set(name, value);
    }
    const response = await send(request);
    this.keepCookies(response.headers.getSetCookie());
    return response;
  }
}

/** As a browser says it of a script of the same origin: Origin only where something may be changed (Fetch standard). */
function headersOf(method: string, { origin, userAgent }: ClientParts, cookie: string | null): Record<string, string> {
  return {
    "user-agent": userAgent,
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "cors",
    "sec-fetch-dest": "empty",
    ...(method === "GET" || method === "HEAD" ? {} : { origin }),
    ...(cookie === null ? {} : { cookie }),
  };
}

/** The cookies of one application, whatever their attributes: a test is over before any of them is. */
class CookieJar {
  readonly #values = new Map<string, string>();

  get text(): string | null {
    if (this.#values.size === 0) return null;
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  keep(field: string): void {
    const pair = field.split(";", 1)[0] ?? "";
    const separator = pair.indexOf("=");
    const [name, value] = [pair.slice(0, separator).trim(), pair.slice(separator + 1).trim()];
    if (value === "") this.#values.delete(name);
    else this.#values.set(name, value);
  }
}
