import { kindOf } from "../core/written-value.ts";
import { CoatcheckError } from "../errors.ts";

/**
 * Wraps a decision function of the application, which must not be async. A promise would silently count as a yes, or as
 * a no, for every request.
 */
export function deciding<Given extends readonly unknown[]>(
  name: string,
  decide: (...given: Given) => boolean,
): (...given: Given) => boolean {
  return (...given) => {
    const answer: unknown = decide(...given);
    if (typeof answer === "boolean") return answer;
    const message = `${name} answers true or false, at once, and not ${kindOf(answer)}.`;
    throw new CoatcheckError("invalid_configuration", message);
  };
}
