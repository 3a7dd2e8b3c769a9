import { SessionManager } from "coatcheck";
import type { UserOptions } from "coatcheck/adapter";
import type { ExpressOptions } from "coatcheck/express";
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

/** What no framework has to be told in its own way. */
export type ContractOptions = Omit<
  ExpressOptions<ContractUser>,
  "findRequestUser" | "needsRefreshHandler" | "unauthorizedHandler"
> &
  Required<Pick<UserOptions<ContractUser>, "findRequestUser">>;

export interface ServedApplication {
  readonly url: string;
  close(): Promise<unknown>;
}

/**
 * What an adapter's test serves over a real socket, written as its framework's users would write it. `user`, `remember`,
 * `force` and `stale` are in the query; a refused login is answered by the door's `answer`.
 *
 * | route | answers |
 * |---|---|
 * | `POST /login` | logs in: 200 `{name}` |
 * | `POST /confirm` | confirms the login, if the session is the user's: 200 `{name}` |
 * | `POST /logout` | 204 |
 * | `GET /me`, `POST /me` | required: `{name, session}`, `session` an id or null |
 * | `GET /fresh`, `GET /step-up` | freshRequired, the latter within 60 seconds: `{name}` |
 * | `GET /maybe` | load: `{name}`, null without a user |
 * | `GET /public` | "hello", and looks at no session |
 * | `GET /devices` | `{sessions}` |
 * | `DELETE /devices/:id`, `DELETE /devices` | `{revoked}`: a boolean, a number |
 * | `GET /form` | a CSRF token as text |
 * | `POST /form` | 204 if X-CSRF-Token is right, else 403 |
 * | `GET /next` | `{next}` |
 * | `GET /admin` | required, with the login view "/admin/login" |
 * | `GET /teapot` | required, with an unauthorizedHandler that answers 418 |
 * | `GET /fails` | loads, then throws an error of its own |
 * | `GET /stream` | loads, then sends "one", "two" in two pieces |
 * | `POST /webhook` | 204; listed as sessionless |
 */
export type ServeApplication = (options: ContractOptions) => Promise<ServedApplication>;

/** The parts of an application but for its framework, and the options that its `coatcheck()` is given. */
export function contractParts(own: Partial<UserOptions<ContractUser>> = {}) {
  const clock = new ManualClock();
  const store = new MemorySessionStore({ clock });
  const sessions = new SessionManager({ store, clock });
  const options: ContractOptions = {
    sessions,
    origin: "http://localhost:8080",
    trustedOrigins: ["http://localhost:5173"],
    sessionlessRoutes: ["POST /webhook"],
    findUser: (id) => USERS.find((user) => user.id === id),
    findRequestUser: ({ headers }) => (headers.get("X-API-Key") === "key-ada" ? USERS[0] : null),
    isActive: (user) => user.active,
    loginView: "/login",
    refreshView: "/confirm",
    ...own,
  };
  return { clock, store, sessions, options };
}
