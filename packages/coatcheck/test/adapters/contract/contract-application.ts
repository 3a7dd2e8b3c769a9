import { LoginManager, type LoginManagerOptions, RequestGuard, SessionManager } from "coatcheck";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";

export interface ContractUser {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
}

/** Users by their id; "key-ada" in X-API-Key is Ada's. */
const USERS: readonly ContractUser[] = [
  { id: "ada", name: "Ada", active: true },
  { id: "grace", name: "Grace", active: true },
  { id: "eve", name: "Eve", active: false },
];

export type ContractLogins = LoginManager<ContractUser, null, ContractUser>;

export interface ServedApplication {
  readonly url: string;
  close(): Promise<unknown>;
}

/**
 * What an adapter's test serves over a real socket, written as its framework's users would write it. `user`, `remember`,
 * `force` and `stale` are in the query; a refused login is answered by the adapter's `refuse`.
 *
 * | route | answers |
 * |---|---|
 * | `POST /login` | begins, logs in: 200 `{name}` |
 * | `POST /confirm` | begins, confirms the login: 200 `{name}` |
 * | `POST /logout` | 204 |
 * | `GET /me`, `POST /me` | loginRequired: `{name, session}`, `session` an id or null |
 * | `GET /fresh`, `GET /step-up` | freshLoginRequired, the latter within 60 seconds: `{name}` |
 * | `GET /maybe` | currentUser: `{name}`, null for nobody |
 * | `GET /public` | "hello", and looks at no session |
 * | `GET /devices` | `{sessions}` |
 * | `DELETE /devices/:id`, `DELETE /devices` | `{revoked}`: a boolean, a number |
 * | `GET /form` | a CSRF token as text |
 * | `POST /form` | 204 if X-CSRF-Token is right, else 403 |
 * | `GET /next` | `{next}` |
 * | `GET /admin` | loginRequired, with the login view "/admin/login" |
 * | `GET /teapot` | loginRequired, with an unauthorizedHandler that answers 418 |
 * | `GET /fails` | identifies, then throws an error that is nobody's fault but its own |
 * | `GET /stream` | identifies, then sends "one", "two" in two pieces |
 * | `POST /webhook` | 204; listed as sessionless |
 */
export type ServeApplication = (logins: ContractLogins) => Promise<ServedApplication>;

/** The parts of an application but for its framework. */
export function contractParts(options: Partial<LoginManagerOptions<ContractUser, null, ContractUser>> = {}) {
  const clock = new ManualClock();
  const store = new MemorySessionStore({ clock });
  const sessions = new SessionManager({ store, clock });
  const guard = new RequestGuard({
    sessions,
    origin: "http://localhost:8080",
    trustedOrigins: ["http://localhost:5173"],
    sessionlessRoutes: ["POST /webhook"],
  });
  const logins: ContractLogins = new LoginManager({
    guard,
    userLoader: (id) => USERS.find((user) => user.id === id),
    requestLoader: ({ headers }) => (headers.get("X-API-Key") === "key-ada" ? (USERS[0] ?? null) : null),
    isActive: (user) => user.active,
    loginView: "/login",
    refreshView: "/confirm",
    ...options,
  });
  return { clock, store, sessions, logins };
}
