import { type AuthSession, SessionManager, type SessionPolicy, standardPolicy, type UserLoginOptions } from "coatcheck";
import {
  type GuardedRequest,
  LoginManager,
  type LoginManagerOptions,
  RequestGuard,
  type RequestGuardOptions,
  type SessionEventName,
} from "coatcheck/adapter";
import type { SessionStore } from "coatcheck/store";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";

export interface Person {
  readonly id: string;
  readonly active?: boolean;
}

const ORIGIN = "https://app.example";

interface Options {
  readonly policy?: Partial<SessionPolicy>;
  /** What stands before the store in memory; nothing by default. */
  readonly store?: (below: SessionStore) => SessionStore;
  readonly guard?: Partial<RequestGuardOptions>;
  readonly logins?: Partial<LoginManagerOptions<Person>>;
}

/** An application without a framework: its people, and a client that keeps one cookie. */
export function setUp(options: Options = {}) {
  const clock = new ManualClock();
  const store = new MemorySessionStore({ clock });
  const sessions = new SessionManager({
    store: options.store?.(store) ?? store,
    clock,
    policy: { ...standardPolicy, ...options.policy },
  });
  const guard = new RequestGuard({ sessions, origin: ORIGIN, ...options.guard });
  const people = new Map<string, Person>([
    ["ada", { id: "ada" }],
    ["grace", { id: "grace" }],
    ["eve", { id: "eve", active: false }],
  ]);
  const loaded: string[] = [];
  const logins = new LoginManager<Person>({
    guard,
    findUser: (id) => {
      loaded.push(id);
      return people.get(id);
    },
    isActive: ({ active = true }) => active,
    ...options.logins,
  });
  const events: { readonly name: SessionEventName; readonly event: object }[] = [];
  const setCookies: string[] = [];
  for (const name of EVENT_NAMES) sessions.events.on(name, (event) => void events.push({ name, event }));

  /** Sends a request, lets `handle` serve it, and keeps the cookie that comes back. */
  function client(own: Readonly<Record<string, string>> = {}) {
    let cookie: string | null = null;
    return async function send<Result>(
      handle: (auth: AuthSession<Person>) => Result | Promise<Result>,
      {
        headers = {},
        ...request
      }: Partial<Omit<GuardedRequest, "headers">> & { headers?: Record<string, string> } = {},
    ): Promise<Result> {
      const auth = logins.admit({
        method: "POST",
        headers: new Headers({ ...(cookie === null ? {} : { cookie }), ...own, ...headers }),
        ...request,
      });
      if (!auth.ok) throw new Error(auth.code);
      const result = await handle(auth);
      for (const edit of await auth.finish({ status: 200, headers: new Headers() })) {
        if (edit.name !== "set-cookie") continue;
        setCookies.push(edit.value);
        const pair = edit.value.slice(0, edit.value.indexOf(";"));
        cookie = pair.endsWith("=") ? null : pair;
      }
      return result;
    };
  }

  return { clock, store, sessions, guard, logins, people, loaded, events, setCookies, client };
}

/** A login whose credential is right. */
export function logIn(auth: AuthSession<Person>, userId = "ada", options?: UserLoginOptions) {
  return auth.login(userId, () => true, options);
}

/** The user as the application would be told; null without one. */
export async function userOf(auth: AuthSession<Person>): Promise<Person | null> {
  return (await auth.load()).user;
}

/** Everything that `load` finds out, as a value that stays. */
export async function factsOf(auth: AuthSession<Person>) {
  const { user, session, data } = await auth.load();
  return { user, session, fresh: await auth.isFresh(), data };
}

const EVENT_NAMES: readonly SessionEventName[] = [
  "logged_in",
  "logged_out",
  "revoked",
  "reauthenticated",
  "user_accessed",
  "user_loaded_from_cookie",
  "user_loaded_from_request",
  "unauthorized",
  "needs_refresh",
  "session_protected",
];
