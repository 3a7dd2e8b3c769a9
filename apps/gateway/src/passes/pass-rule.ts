import { type AccessPath, scopeCovers } from "coatcheck/passes";
import type { Account } from "../accounts/account.ts";
import { GatewayError } from "../errors.ts";
import { PassRuleQuestions, type QuestionOutcome } from "./pass-rule-questions.ts";

/** The user who asks for a pass. */
export interface PassApplicant {
  readonly account: Account;
  /** An identity token for the application that is asked, made on demand; null if the session is ending. */
  readonly identityFor: (audience: string) => Promise<string | null>;
}

/** PassRule decides who may open which path. A rejection is a fault: the user is neither admitted nor refused. */
export type PassRule = (applicant: PassApplicant, path: AccessPath) => Promise<boolean>;

export interface PassRuleOptions {
  /** Paths and prefixes that every user may open. */
  readonly paths: readonly AccessPath[];
  /** The URL to ask about all other paths; null refuses them. */
  readonly url: string | null;
  /** Called after each question to `url`. */
  readonly onQuestion?: ((outcome: QuestionOutcome) => void) | undefined;
}

const TIMEOUT_MILLISECONDS = 2_000;

/** Makes the rule. A user may open only what these options allow. */
export function passRule({ paths, url, onQuestion }: PassRuleOptions): PassRule {
  const questions = new PassRuleQuestions(onQuestion);
  return async (applicant, path) => {
    if (paths.some((allowed) => allows(allowed, path))) return true;
    return url === null ? false : questions.run(applicant.account.id, () => ask(url, applicant, path));
  };
}

function allows(allowed: AccessPath, path: AccessPath): boolean {
  if (path.isPrefix) return allowed.isPrefix && path.text.startsWith(allowed.text);
  return scopeCovers(allowed, path);
}

/**
 * Asks the application: `POST` with the path and an identity token, as for any other of its routes. 204 means yes and
 * 403 no. Any other answer is a fault, because a guess either way would be wrong.
 */
async function ask(url: string, applicant: PassApplicant, path: AccessPath): Promise<boolean> {
  const token = await applicant.identityFor(new URL(url).origin);
  if (token === null) return false;
  let status: number;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ path: path.text, userId: applicant.account.id }),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
    await response.body?.cancel();
    status = response.status;
  } catch (cause) {
    throw new GatewayError("pass_rule_unavailable", "The application was asked about a pass, and did not answer.", {
      cause,
    });
  }
  if (status === 204 || status === 403) return status === 204;
  const message = `The application was asked about a pass, and answered ${status}: 204 is yes, 403 is no.`;
  throw new GatewayError("pass_rule_unavailable", message);
}
