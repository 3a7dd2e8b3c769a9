import {
  type GuardedRequest,
  LoginManager,
  type LoginManagerOptions,
  type LoginVisit,
  RequestGuard,
  type RequestGuardOptions,
  type SessionEventName,
  SessionManager,
  type SessionPolicy,
  standardPolicy,
} from "coatcheck";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";

export interface Person {
  readonly id: string;
  readonly active?: boolean;
}

const ORIGIN = "https://app.example";

interface Options {
  readonly policy?: Partial<SessionPolicy>;
  readonly guard?: Partial<RequestGuardOptions>;
  readonly logins?: Partial<LoginManagerOptions<Person, null, Person>>;
}

/** An application without a framework: its people, and a client that keeps one cookie. */
export function setUp(options: Options = {}) {
  const clock = new ManualClock();
  const store = new MemorySessionStore({ clock });
  const sessions = new SessionManager({ store, clock, policy: { ...standardPolicy, ...options.policy } });
  const guard = new RequestGuard({ sessions, origin: ORIGIN, ...options.guard });
  const people = new Map<string, Person>([
    ["ada", { id: "ada" }],
    ["grace", { id: "grace" }],
    ["eve", { id: "eve", active: false }],
  ]);
  const loaded: string[] = [];
  const logins = new LoginManager<Person, null, Person>({
    guard,
    userLoader: (id) => {
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
      handle: (visit: LoginVisit<Person, null, Person>) => Result | Promise<Result>,
      {
        headers = {},
        ...request
      }: Partial<Omit<GuardedRequest, "headers">> & { headers?: Record<string, string> } = {},
    ): Promise<Result> {
      const admission = guard.admit({
        method: "POST",
        headers: new Headers({ ...(cookie === null ? {} : { cookie }), ...own, ...headers }),
        ...request,
      });
      if (!admission.admitted) throw new Error(admission.code);
      const result = await handle(logins.of(admission));
      for (const edit of await admission.finish({ status: 200, headers: new Headers() })) {
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

export async function logIn(
  visit: LoginVisit<Person, null, Person>,
  userId = "ada",
  options?: Parameters<LoginVisit<Person, null, Person>["login"]>[1],
) {
  return visit.login(await visit.begin(userId), options);
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
