import { refuseUnknownOptions, requireFunction } from "../../core/known-options.ts";
import { SessionManager } from "../../core/session-manager.ts";
import { MANAGER_OPTIONS } from "../../core/session-manager-options.ts";
import { kindOf } from "../../core/written-value.ts";
import { CoatcheckError } from "../../errors.ts";
import { LoginManager } from "../../http/login-manager.ts";
import { USER_OPTIONS } from "../../http/login-options.ts";
import { HANDLER_OPTIONS, type LoginHandlers, type LoginViews, validateHandlers } from "../../http/login-views.ts";
import { ORIGIN_OPTIONS, RequestGuard } from "../../http/request-guard.ts";
import { MemorySessionStore } from "../../stores/memory.ts";
import type { DoorOptions } from "./door-options.ts";
import { ExpirySweep } from "./expiry-sweep.ts";

/** What the doors of all frameworks have in common. */
export interface Door<User, Handler> {
  readonly sessions: SessionManager;
  readonly logins: LoginManager<User>;
  readonly handlers: LoginHandlers<Handler>;
  readonly close: () => Promise<void>;
}

/**
 * What `coatcheck(options)` is short for: `new SessionManager({ store, … })`, `new RequestGuard({ sessions, origin, … })`
 * and `new LoginManager({ guard, findUser, … })`, with expired sessions removed once a minute.
 *
 * @param own the options of this framework alone, which are functions
 * @throws CoatcheckError `invalid_configuration` or `insecure_origin`
 */
export function openDoor<User, Handler>(
  options: DoorOptions<User, Handler>,
  own: readonly string[] = [],
): Door<User, Handler> {
  // Those that an application writes first, for the message that shows how.
  const first = ["origin", "findUser", "store", "sessions"];
  const known = [...first, ...MANAGER_OPTIONS, ...ORIGIN_OPTIONS, ...USER_OPTIONS, ...HANDLER_OPTIONS, ...own];
  refuseUnknownOptions("coatcheck()", options, new Set(known));
  for (const name of own) requireFunction(name, Reflect.get(options, name));
  const handlers = validateHandlers(pick(options, HANDLER_OPTIONS));
  const sessions = sessionsOf(options);
  const guard = new RequestGuard({ sessions, ...pick(options, ORIGIN_OPTIONS) });
  const logins = new LoginManager({ guard, ...pick(options, USER_OPTIONS) });
  // Last, for a refused option must not leave a timer behind.
  const sweep = options.sessions === undefined ? new ExpirySweep(sessions) : null;
  return { sessions, logins, handlers, close: async () => sweep?.close() };
}

/** The same door with other views or handlers, for one part of the application. */
export function doorWith<User, Handler>(
  door: Door<User, Handler>,
  handlers: LoginHandlers<Handler>,
): Door<User, Handler> {
  return { ...door, handlers: { ...door.handlers, ...validateHandlers(handlers) } };
}

/** The views that differ from those of the LoginManager; undefined for none. */
export function viewsOf({ loginView, refreshView }: LoginViews): LoginViews | undefined {
  if (loginView === undefined && refreshView === undefined) return undefined;
  return { ...(loginView !== undefined && { loginView }), ...(refreshView !== undefined && { refreshView }) };
}

/** @throws CoatcheckError `invalid_configuration`, when a route is made and not when it is asked for */
export function requireHandler(method: string, handler: unknown): void {
  if (typeof handler === "function") return;
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

/** Those of the options that were given. */
function pick<Options extends object, Name extends keyof Options>(
  options: Options,
  names: readonly Name[],
): Pick<Options, Name> {
  const picked: Partial<Pick<Options, Name>> = {};
  for (const name of names) if (options[name] !== undefined) picked[name] = options[name];
  // What is required and missing is refused by the constructor that is given it.
  return picked as Pick<Options, Name>;
}
