import { safeNext } from "coatcheck/adapter";
import { type ProblemCode, problems } from "../http/problem.ts";
import { ACCOUNT_PATH, confirmLocation, SIGN_OUT_PATH, signInLocation, switchUserLocation } from "./page-locations.ts";
import { actionLabels, type ProblemAction, type ProblemText } from "./problem-texts.ts";

/** Names in the template: each stands between two pairs of braces. */
const PLACEHOLDER = /\{\{(\w+)\}\}/g;

export interface PersonsProblem {
  readonly code: ProblemCode;
  readonly text: ProblemText;
  /** The address that the person opened, or that of the page whose form they sent. */
  readonly target: string;
}

/** The page that shows a problem to a person. It needs no script. */
export function problemPage(template: string, { code, text, target }: PersonsProblem): string {
  const { heading, happened, advice, actions } = text;
  const html: Readonly<Record<string, string>> = {
    heading: escaped(heading),
    happened: escaped(happened),
    advice: escaped(advice),
    actions: actions.map((action, index) => link(action, target, index === 0)).join("\n"),
    status: String(problems[code].status),
    code,
  };
  return template.replaceAll(PLACEHOLDER, (placeholder, name) => html[name] ?? placeholder);
}

function link(action: ProblemAction, target: string, isLikeliest: boolean): string {
  const classes = isLikeliest ? "button primary" : "button";
  return `<a class="${classes}" href="${escaped(locationOf(action, target))}">${escaped(actionLabels[action])}</a>`;
}

function locationOf(action: ProblemAction, target: string): string {
  switch (action) {
    case "try_again":
    case "back":
      return safeNext(target);
    case "sign_in":
      return signInLocation(target);
    case "confirm":
      return confirmLocation(target);
    case "switch_user":
      return switchUserLocation(target);
    case "start":
      return "/";
    case "account":
      return ACCOUNT_PATH;
    case "sign_out":
      return SIGN_OUT_PATH;
  }
}

/** Text within an element or a quoted attribute. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
