import type { Rule } from "./rule.ts";

const requestSession = "packages/coatcheck/src/http/request-session.ts";
const rotationAnswer = "packages/coatcheck/src/http/rotation-answer.ts";
const tests = "packages/coatcheck/test/http/request-session.test.ts";

/** The rules about what a response does to the cookie. */
export const httpRules: readonly Rule[] = [
  {
    rule: "A cookie is deleted only after the store has acknowledged the end of its session.",
    source: requestSession,
    within: "RequestSession.logout",
    replace: `    if (held.status === "authenticated") await this.sessions.logout(held, { cause: this.request });
    this.forget();`,
    with: `    this.forget();
    if (held.status === "authenticated") await this.sessions.logout(held, { cause: this.request });`,
    tests,
    testName: "logout > keeps the cookie when the store fails, so that it can be tried again",
  },
  {
    rule: "A failed authentication never deletes a cookie.",
    source: requestSession,
    within: "RequestSession.finish",
    replace: "    const held = this.#known;",
    with: `    const held = this.#known;
    if (held?.status === "unauthenticated") this.#setCookie ??= this.#rules.cookie.clear();`,
    tests,
    testName: "quiet by default > an ordinary request sets no cookie, and a failed one deletes none",
  },
  {
    rule: "A new secret goes out only with an answer that a browser asked for.",
    source: rotationAnswer,
    within: "canCarryRotation",
    replace: "    isReadByBrowser(request, response) &&\n",
    with: "",
    tests,
    testName: "rotation > a server that hands on the cookie alone: a new secret is sent, false",
  },
  {
    rule: "A browser that opens a page is answered with a page; data went to a server in between.",
    source: rotationAnswer,
    within: "isReadByBrowser",
    replace: "return !isNavigation || PAGES",
    with: "return true || PAGES",
    tests,
    testName: "rotation > a server that hands on every header of a page's request: a new secret is sent, false",
  },
];
