import { CoatcheckError } from "../../errors.ts";

/** A condition on an option of a client, and the text to write if it is not met. */
export type OptionRule<Options> = readonly [name: string, isFit: (options: Options) => boolean, instead: string];

/**
 * Refuses a client with options on which the store cannot rely. Otherwise the mistake would show later: as a crash, as
 * lost revocations, or not at all.
 *
 * @throws CoatcheckError `invalid_configuration`
 */
export function requireOptions<Options>(client: string, options: Options, rules: readonly OptionRule<Options>[]): void {
  for (const [name, isFit, instead] of rules) {
    if (isFit(options)) continue;
    throw new CoatcheckError("invalid_configuration", `The ${client} has ${name} set: ${instead}.`);
  }
}
