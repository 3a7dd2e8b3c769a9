import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import { answerTo } from "../../http/answer.ts";
import type { AuthSession } from "../../http/auth-session.ts";
import type { Preflight } from "../../http/cross-origin-sharing.ts";
import type { LoginManager } from "../../http/login-manager.ts";
import type { GuardRefusalCode, Refusal } from "../../http/refusal.ts";
import type { HeaderEdit } from "../../http/response-headers.ts";
import { GuardedFastifyRequest, headerText } from "./guarded-request.ts";
import { answerRefusal, type FastifyRefusalHandler, sendFastifyAnswer } from "./send-answer.ts";

/** The options of the plugin. */
export interface SessionsPluginOptions {
  /** Answers a request that the guard refused; by default with `application/problem+json` (RFC 9457). */
  readonly onRefused?: FastifyRefusalHandler<GuardRefusalCode>;
}

interface Served {
  [key: symbol]: AuthSession<unknown> | undefined;
}

/**
 * Puts every request of the instance through the guard of its door, and what becomes of its session into the response.
 *
 * @param choose the logins of the request's door. What it throws is answered as an error
 */
export function pluginFor<User>(
  choose: (request: FastifyRequest) => LoginManager<User>,
): FastifyPluginCallback<SessionsPluginOptions> {
  // Where the plugin itself finds what it has to finish: which door it was of does not matter by then.
  const served = Symbol("coatcheck.served");
  const carrier = (request: object) => request as Served;
  const plugin: FastifyPluginCallback<SessionsPluginOptions> = (app, { onRefused }, done) => {
    // Hooks by callback: nearly every request passes without waiting, and a promise for each is what costs most here.
    app.addHook("onRequest", (request, reply, next) => {
      const logins = choose(request);
      if (logins.find(request) !== undefined) return next();
      const auth = logins.admit(new GuardedFastifyRequest(request), request);
      if (!auth.ok) return void refuse(auth, { request, reply, onRefused }).catch(next);
      carrier(request)[served] = auth;
      next();
    });
    app.addHook("onSend", (request, reply, payload, next) => {
      const edits = finish(carrier(request)[served], reply);
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
  if (refusal.code === "preflight") return sendFastifyAnswer(answerTo(refusal), reply);
  for (const { name, value } of refusal.headers) reply.header(name, value);
  return answerRefusal(refusal, { handler: onRefused, request, reply });
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
