import type { Awaitable } from "../../core/awaitable.ts";
import { refuseUnknownOptions, requireFunction } from "../../core/known-options.ts";
import { SessionManager } from "../../core/session-manager.ts";
import { MANAGER_OPTIONS } from "../../core/session-manager-options.ts";
import { kindOf } from "../../core/written-value.ts";
import { CoatcheckError } from "../../errors.ts";
import type { AuthSession } from "../../http/auth-session.ts";
import { LoginManager } from "../../http/login-manager.ts";
import { USER_OPTIONS } from "../../http/login-options.ts";
import {
  HANDLER_OPTIONS,
  type LoginHandlers,
  type LoginViews,
  type StepUp,
  validateHandlers,
} from "../../http/login-views.ts";
import type { Refusal } from "../../http/refusal.ts";
import { ORIGIN_OPTIONS, RequestGuard } from "../../http/request-guard.ts";
import { MemorySessionStore } from "../../stores/memory.ts";
import type { DoorAuth } from "./door-auth.ts";
import type { DoorOptions } from "./door-options.ts";
import { ExpirySweep } from "./expiry-sweep.ts";

/** Decides whether a request may reach its handler: null, or the answer to give. */
export type Decide<User> = (auth: AuthSession<User>) => Awaitable<Refusal | null>;

/** The parts from which an adapter makes the door of its framework. */
export interface Door<User, Handler> {
  readonly logins: LoginManager<User>;
  readonly handlers: LoginHandlers<Handler>;
  readonly shared: DoorAuth<User>;
  /** The views that differ from those of the LoginManager; undefined for none. */
  readonly views: LoginViews | undefined;
  /** @throws CoatcheckError `invalid_configuration` for a step-up that the policy does not allow */
  readonly stepUp: (options?: StepUp) => LoginViews & StepUp;
}

/**
 * Does what `coatcheck(options)` is short for: `new SessionManager({ store, … })`, `new RequestGuard({ sessions, origin, … })`
 * and `new LoginManager({ guard, findUser, … })`, with expired sessions removed once a minute.
 *
 * @param own the options of this framework alone, which are functions
 * @throws CoatcheckError `invalid_configuration` or `insecure_origin`
 */
export function openDoor<User, Handler>(
  options: DoorOptions<User, Handler>,
  own: readonly string[] = [],
): Door<User, Handler> {
  // An application writes these first; the message of a mistake shows them.
  const first = ["origin", "findUser", "store", "sessions"];
  const known = [...first, ...MANAGER_OPTIONS, ...ORIGIN_OPTIONS, ...USER_OPTIONS, ...HANDLER_OPTIONS, ...own];
  refuseUnknownOptions("coatcheck()", options, new Set(known));
  for (const name of own) requireFunction(name, Reflect.get(options, name));
  const handlers = validateHandlers(pick(options, HANDLER_OPTIONS));
  const sessions = sessionsOf(options);
  const guard = new RequestGuard({ sessions, ...pick(options, ORIGIN_OPTIONS) });
  const logins = new LoginManager({ guard, ...pick(options, USER_OPTIONS) });
  // The timer comes last, because a refused option must not leave one behind.
  const sweep = options.sessions === undefined ? new ExpirySweep(sessions) : null;
  const admit: DoorAuth<User>["admit"] = (request) => logins.admit(request);
  return doorOf(logins, handlers, { admit, guard, sessions, close: async () => sweep?.close() });
}

/** The same door with other views or handlers, for one part of the application. */
export function doorWith<User, Handler>(
  door: Door<User, Handler>,
  handlers: LoginHandlers<Handler>,
): Door<User, Handler> {
  return doorOf(door.logins, { ...door.handlers, ...validateHandlers(handlers) }, door.shared);
}

function doorOf<User, Handler>(
  logins: LoginManager<User>,
  handlers: LoginHandlers<Handler>,
  shared: DoorAuth<User>,
): Door<User, Handler> {
  const views = viewsOf(handlers);
  const stepUp = (options: StepUp = {}) => ({ ...views, ...logins.validateStepUp(options) });
  return { logins, handlers, shared, views, stepUp };
}

function viewsOf({ loginView, refreshView }: LoginViews): LoginViews | undefined {
  if (loginView === undefined && refreshView === undefined) return undefined;
  return { ...(loginView !== undefined && { loginView }), ...(refreshView !== undefined && { refreshView }) };
}

/** The handler. @throws CoatcheckError `invalid_configuration`, when a route is made and not when it is asked for */
export function requireHandler<Handler>(method: string, handler: Handler): Handler {
  if (typeof handler === "function") return handler;
  const message = `${method} takes a handler, a function: auth.${method}((…) => …), not ${kindOf(handler)}.`;
  throw new CoatcheckError("invalid_configuration", message);
}

function sessionsOf<User, Handler>(options: DoorOptions<User, Handler>): SessionManager {
  const { sessions, store, clock } = options;
  if (sessions !== undefined) {
    const beside = MANAGER_OPTIONS.filter((name) => options[name] !== undefined);
    if (beside.length === 0) return sessions;
    const message = `sessions stands in place of ${beside.join(", ")}: give these to its SessionManager.`;
    throw new CoatcheckError("invalid_configuration", message);
  }
  if (store === undefined) warnOfMemoryInProduction();
  // Null is a mistake, and not the wish for a store that forgets.
  const kept = store === undefined ? new MemorySessionStore(clock === undefined ? {} : { clock }) : store;
  return new SessionManager({ ...pick(options, MANAGER_OPTIONS), store: kept });
}

let hasWarned = false;

function warnOfMemoryInProduction(): void {
  if (process.env.NODE_ENV !== "production" || hasWarned) return;
  hasWarned = true;
  process.emitWarning(
    "Sessions are in this process's memory: a restart ends them, and no other process knows them. " +
      'Name a store: coatcheck({ store: await SqliteSessionStore.open({ database: new Database("sessions.db") }), … }).',
    { type: "CoatcheckWarning", code: "COATCHECK_MEMORY_STORE" },
  );
}

/** Picks the options that were given. */
function pick<Options extends object, Name extends keyof Options>(
  options: Options,
  names: readonly Name[],
): Pick<Options, Name> {
  const picked: Partial<Pick<Options, Name>> = {};
  for (const name of names) if (options[name] !== undefined) picked[name] = options[name];
  // The constructor that gets them refuses a missing one.
  return picked as Pick<Options, Name>;
}
