import type { LoginRules } from "./login-options.ts";
import type { RequestSession } from "./request-session.ts";

/**
 * The user that a request itself names, as by an API key, which is reported. Null for one of another origin's page: a
 * browser may have added credentials to it unasked.
 */
export async function findRequestUser<User>(
  { request, sessions, isCrossOrigin }: Pick<RequestSession, "request" | "sessions" | "isCrossOrigin">,
  find: NonNullable<LoginRules<User>["findRequestUser"]>,
  isActive: (user: User) => boolean,
): Promise<User | null> {
  if (isCrossOrigin) return null;
  // Not ??: `key && users.get(key)` is "" for an empty header, and that is no user.
  const user = (await find(request)) || null;
  if (user === null || !isActive(user)) return null;
  sessions.events.emit("user_loaded_from_request", { method: request.method }, request);
  return user;
}
