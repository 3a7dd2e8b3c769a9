import { opensPage } from "coatcheck/adapter";
import type { FastifyInstance, HTTPMethods } from "fastify";
import { guardedHeaders } from "../http/request-headers.ts";
import { LOGIN_PATH, LOGOUT_PATH, SIGN_IN_PATH, SIGN_OUT_PATH } from "../pages/page-locations.ts";
import type { ProblemAnswers, ToldProblem } from "../pages/problem-answers.ts";
import { logoutByLinkText } from "../pages/problem-texts.ts";

const METHODS: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

const LOGOUT_BY_LINK: ToldProblem = {
  detail: `Signing out is a POST. For a link there is a page with a button: ${SIGN_OUT_PATH}`,
  text: logoutByLinkText,
};

/**
 * Answers 405 if a path exists but not for this method, so that a logout by GET is not mistaken for a misspelt path
 * (RFC 9110, 15.5.6). It notes the routes that `addRoutes` adds, and fills the gaps.
 */
export function addRoutesWithMethodNotAllowed(
  app: FastifyInstance,
  problemAnswers: ProblemAnswers,
  addRoutes: (app: FastifyInstance) => void,
): void {
  const methodsByPath = new Map<string, Set<HTTPMethods>>();
  let isNoting = true;
  app.addHook("onRoute", ({ url, method }) => {
    if (!isNoting) return;
    const methods = methodsByPath.get(url) ?? new Set<HTTPMethods>();
    methodsByPath.set(url, methods);
    for (const one of [method].flat()) methods.add(one);
  });
  addRoutes(app);
  isNoting = false;
  for (const [url, methods] of methodsByPath) {
    const allow = [...methods].sort().join(", ");
    app.route({
      url,
      method: METHODS.filter((method) => !methods.has(method)),
      handler: async ({ method, headers }, reply) => {
        // A person who opens this address of the API wants to sign in.
        if (url === LOGIN_PATH && opensPage({ method, headers: guardedHeaders(headers) }))
          return reply.redirect(SIGN_IN_PATH, 303);
        const told = url === LOGOUT_PATH ? LOGOUT_BY_LINK : null;
        return problemAnswers.send(reply.header("allow", allow), "method_not_allowed", told);
      },
    });
  }
}
