import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import { answerTo } from "../../http/answer.ts";
import type { AuthSession } from "../../http/auth-session.ts";
import type { Preflight } from "../../http/cross-origin-sharing.ts";
import type { LoginManager } from "../../http/login-manager.ts";
import type { GuardRefusalCode, Refusal } from "../../http/refusal.ts";
import type { HeaderEdit } from "../../http/response-headers.ts";
import type { CarriedSessions } from "../door/carried-sessions.ts";
import { guardedFastifyRequest, headerText } from "./guarded-request.ts";
import { type FastifyRefusalHandler, sendFastifyAnswer } from "./send-answer.ts";

/** What the plugin is registered with. */
export interface SessionsPluginOptions {
  /** Answers a request that the guard refused; by default with `application/problem+json` (RFC 9457). */
  readonly onRefused?: FastifyRefusalHandler<GuardRefusalCode>;
}

/** As much of a door as its plugin needs. */
export interface PluginDoor<User> {
  readonly logins: LoginManager<User>;
  readonly carried: CarriedSessions<User>;
}

/**
 * Puts every request of the instance through the guard of its door, and what becomes of its session into the response.
 *
 * @param choose the door of a request. What it throws is answered as an error
 * @param served where the plugin itself finds the session again
 */
export function pluginFor<User>(
  choose: (request: FastifyRequest) => PluginDoor<User>,
  served: CarriedSessions<User>,
): FastifyPluginCallback<SessionsPluginOptions> {
  const plugin: FastifyPluginCallback<SessionsPluginOptions> = (app, { onRefused }, done) => {
    // Hooks by callback: nearly every request passes without waiting, and a promise for each is what costs most here.
    app.addHook("onRequest", (request, reply, next) => {
      const { logins, carried } = choose(request);
      if (carried.find(request) !== undefined) return next();
      const auth = logins.admit(guardedFastifyRequest(request));
      if (!auth.ok) return void refuse(auth, { request, reply, onRefused }).catch(next);
      carried.put(request, auth);
      if (served !== carried) served.put(request, auth);
      next();
    });
    app.addHook("onSend", (request, reply, payload, next) => {
      const edits = finish(served.find(request), reply);
      if (edits instanceof Promise) {
        edits.then((late) => {
          writeEdits(reply, late);
          next(null, payload);
        }, next);
      } else {
        writeEdits(reply, edits);
        next(null, payload);
      }
    });
    done();
  };
  // Fastify's way to say that a plugin is meant for the instance that registers it, not for a scope of its own.
  return Object.defineProperty(plugin, Symbol.for("skip-override"), { value: true });
}

interface Refused {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly onRefused: FastifyRefusalHandler<GuardRefusalCode> | undefined;
}

async function refuse(refusal: Refusal<GuardRefusalCode> | Preflight, { request, reply, onRefused }: Refused) {
  if (refusal.code !== "preflight") {
    for (const { name, value } of refusal.headers) reply.header(name, value);
    await onRefused?.(refusal, request, reply);
  }
  // Whatever the application did or forgot to do: a refused request does not reach its handler.
  if (!reply.sent) sendFastifyAnswer(answerTo(refusal), reply);
}

function finish<User>(session: AuthSession<User> | undefined, reply: FastifyReply) {
  if (session === undefined) return [];
  const headers = { get: (name: string) => headerText(reply.getHeader(name)) };
  return session.finish({ status: reply.statusCode, headers });
}

function writeEdits(reply: FastifyReply, edits: readonly HeaderEdit[]): void {
  // Fastify itself appends to set-cookie, and replaces every other header.
  for (const { name, value } of edits) reply.header(name, value);
}
