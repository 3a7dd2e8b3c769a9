import { kindOf } from "../core/written-value.ts";
import { CoatcheckError } from "../errors.ts";

/**
 * The application's own decision, which has to be made at once. A promise would count as a yes or as a no for every
 * request, and its author would be told neither.
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
