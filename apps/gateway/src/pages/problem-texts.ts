import type { ProblemCode } from "../http/problem.ts";

/** An action that a page offers to solve a problem, as a link. */
export type ProblemAction =
  | "try_again"
  | "back"
  | "sign_in"
  | "confirm"
  | "switch_user"
  | "start"
  | "account"
  | "sign_out";

/** A problem in words for a person: what happened, what to do now, and the actions for it, the likeliest first. */
export interface ProblemText {
  readonly heading: string;
  readonly happened: string;
  readonly advice: string;
  readonly actions: readonly ProblemAction[];
}

const ADDRESS_ADVICE = "Check it for typing errors, or go back to the page that led you here.";

/** The texts of problems that a person who opens a page can meet. All other problems have the general text. */
const TEXTS: { readonly [Code in ProblemCode]?: ProblemText } = {
  invalid_path: {
    heading: "This address does not work",
    happened: "The address that you opened could be read in several ways, so it was not followed.",
    advice: ADDRESS_ADVICE,
    actions: ["start"],
  },
  invalid_request: {
    heading: "This address does not work",
    happened: "The address that you opened is not written as addresses are.",
    advice: ADDRESS_ADVICE,
    actions: ["start"],
  },
  duplicate_session_cookie: {
    heading: "We cannot tell who you are",
    happened: "Your browser sent two sign-in cookies for this site, and only one can be right.",
    advice: "Clear this site's cookies in your browser's settings, then try again and sign in.",
    actions: ["try_again"],
  },
  forbidden: {
    heading: "This page is not open to you",
    happened: "You are signed in, but your account may not open this page.",
    advice: "Go back, or sign in as someone who may. If you should be let in, ask the people who run this site.",
    actions: ["switch_user", "account"],
  },
  not_found: {
    heading: "There is nothing here",
    happened: "This site has no page at the address that you opened.",
    advice: ADDRESS_ADVICE,
    actions: ["start"],
  },
  method_not_allowed: {
    heading: "This address is not a page",
    happened: "Programs send data to the address that you opened. It cannot be opened in a browser.",
    advice: "Go back to the page that led you here, or to the start page.",
    actions: ["start", "account"],
  },
  too_many_connections: {
    heading: "Too much is open at once",
    happened: "The pages that you have open keep as many connections to this site as they may.",
    advice: "Close some of them, then try again.",
    actions: ["try_again"],
  },
  upstream_unreachable: {
    heading: "This part of the site is not answering",
    happened: "The service behind this page could not be reached. It is nothing that you did.",
    advice: "Wait a moment, then try again.",
    actions: ["try_again"],
  },
  upstream_timeout: {
    heading: "This takes too long",
    happened: "The service behind this page did not answer in time. It is nothing that you did.",
    advice: "Wait a moment, then try again.",
    actions: ["try_again"],
  },
  unavailable: {
    heading: "We cannot answer just now",
    happened: "A part of this site is not answering. If you were signed in, you still are.",
    advice: "Wait a moment, then try again.",
    actions: ["try_again"],
  },
  internal_error: {
    heading: "Something went wrong",
    happened: "This failed on our side, and the people who run this site can see that it did.",
    advice: "Try again. If it fails once more, tell them what you wanted to do, and when.",
    actions: ["try_again"],
  },
};

const GENERAL: ProblemText = {
  heading: "This did not work",
  happened: "The page that you opened could not be shown.",
  advice: "Go back and try again. If it fails once more, tell the people who run this site.",
  actions: ["try_again", "start"],
};

const SEND_AGAIN = "Your browser may still have what you typed.";

/**
 * Problems that only a form can meet: a person who opens a page is led to the place where the problem can be solved.
 */
const FORM_TEXTS: { readonly [Code in ProblemCode]?: ProblemText } = {
  unauthenticated: {
    heading: "You are signed out",
    // The form may have been on its way when the session ended.
    happened: "You are not signed in any more, so what you sent has probably not been taken.",
    advice: `Sign in, and you are led back to the form. ${SEND_AGAIN}`,
    actions: ["sign_in"],
  },
  reauthentication_required: {
    heading: "Is it still you?",
    happened: "What you sent was not taken, because it needs your password once more.",
    advice: `Enter it, and you are led back to the form to send it again. ${SEND_AGAIN}`,
    actions: ["confirm"],
  },
  cross_origin_request: {
    heading: "This came from another site",
    happened: "What was sent came from a page of another site, so it was not taken.",
    advice: "If you meant to do this, do it on this site itself.",
    actions: ["start"],
  },
};

/** The texts of the links. */
export const actionLabels: Readonly<Record<ProblemAction, string>> = {
  try_again: "Try again",
  back: "Go back to the form",
  sign_in: "Sign in",
  confirm: "Enter your password",
  switch_user: "Sign in as someone else",
  start: "Go to the start page",
  account: "Go to your account",
  sign_out: "Go to the sign-out page",
};

/** For people who follow a link to the logout: links change nothing. */
export const logoutByLinkText: ProblemText = {
  heading: "You are not signed out yet",
  happened: "A link cannot sign you out, or any page could do it to you.",
  advice: "The sign-out page has a button that does.",
  actions: ["sign_out", "account"],
};

export function problemText(code: ProblemCode): ProblemText {
  return TEXTS[code] ?? GENERAL;
}

/** The text for a person who sent a form: the form's address leads nowhere, but the page that it was on does. */
export function formProblemText(code: ProblemCode): ProblemText {
  const { actions, ...text } = FORM_TEXTS[code] ?? problemText(code);
  return { ...text, actions: actions.map((action) => (action === "try_again" ? "back" : action)) };
}
