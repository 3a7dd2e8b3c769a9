import { SessionManager } from "coatcheck";
import { RequestGuard } from "coatcheck/adapter";
import { MemorySessionStore } from "coatcheck/stores/memory";
import type { SimulatedTime } from "./simulated-time.ts";

/** The headers of a request but its cookie, and the type of what it is answered with. */
export interface Exchange {
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
}

const browserSays = (site: string, mode: string, destination: string) => ({
  "sec-fetch-site": site,
  "sec-fetch-mode": mode,
  "sec-fetch-dest": destination,
});

const page = browserSays("none", "navigate", "document");
const script = browserSays("same-origin", "cors", "empty");

export const exchanges = {
  /** A browser opens a page. */
  page: { headers: page, contentType: "text/html" },
  /** A script of the page asks for data. */
  script: { headers: script, contentType: "application/json" },
  /** A server asks for the data of a page, with the cookie of the page's request and nothing else of it. */
  cookieHandedOn: { headers: {}, contentType: "application/json" },
  /** A server asks for the data of a page, with every header of the page's request. */
  pageHandedOn: { headers: page, contentType: "application/json" },
  /** A server asks for data, with every header of the script that asked it. */
  scriptHandedOn: { headers: script, contentType: "application/json" },
  /** A program, or a browser that has no Fetch Metadata. */
  bare: { headers: {}, contentType: "text/html" },
} as const satisfies Record<string, Exchange>;

export interface Answer {
  /** Whether the request had its session. */
  readonly isLoggedIn: boolean;
  /** The cookie that the answer sets; null for none. */
  readonly setCookie: string | null;
}

/** SimulatedSite is an application on two nodes over one store, with the real managers and guards. */
export class SimulatedSite {
  readonly #guards: readonly RequestGuard[];
  readonly rotated = new Set<string>();
  readonly suspended = new Set<string>();
  readonly reused = new Set<string>();

  constructor(time: SimulatedTime) {
    const store = new MemorySessionStore({ clock: time.clock });
    this.#guards = [1, 2].map(() => {
      const sessions = new SessionManager({ store, clock: time.clock });
      sessions.events.on("rotated", ({ userId }) => this.rotated.add(userId));
      sessions.events.on("rotation_suspended", ({ userId }) => this.suspended.add(userId));
      sessions.events.on("token_reused", ({ userId }) => this.reused.add(userId));
      return new RequestGuard({ sessions, origin: "https://app.example" });
    });
  }

  /** Logs a user in, to be remembered; the cookie. */
  async logIn(userId: string): Promise<string> {
    const session = this.#admit(0, "POST", {});
    const login = await session.login(await this.#node(0).sessions.begin(userId), { remember: true });
    if (login.outcome !== "logged_in") throw new Error(`The login was refused: ${login.outcome}.`);
    const cookie = cookieIn(await session.finish({ status: 200, headers: new Headers() }));
    if (cookie === null) throw new Error("The login set no cookie.");
    return cookie;
  }

  /** Answers one request, by one of its nodes. */
  async answer(cookie: string, { headers, contentType }: Exchange, node: number): Promise<Answer> {
    const session = this.#admit(node, "GET", { ...headers, cookie });
    const held = await session.authenticate();
    const isLoggedIn = held.status === "authenticated";
    const outgoing = { status: isLoggedIn ? 200 : 401, headers: new Headers({ "content-type": contentType }) };
    return { isLoggedIn, setCookie: cookieIn(await session.finish(outgoing)) };
  }

  #node(index: number): RequestGuard {
    const guard = this.#guards[index % this.#guards.length];
    if (guard === undefined) throw new Error("The site has no node.");
    return guard;
  }

  #admit(node: number, method: string, headers: Record<string, string>) {
    const session = this.#node(node).admit({ method, headers: new Headers(headers) });
    if (!session.ok) throw new Error(`The guard refused the request: ${session.code}.`);
    return session;
  }
}

function cookieIn(edits: readonly { readonly name: string; readonly value: string }[]): string | null {
  return edits.find(({ name }) => name === "set-cookie")?.value.split(";", 1)[0] ?? null;
}
