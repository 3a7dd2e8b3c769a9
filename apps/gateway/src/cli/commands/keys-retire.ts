import { systemClock } from "coatcheck";
import { keyPurposes } from "../../passes/access-store.ts";
import { KEY_SET_MAXIMUM_AGE_SECONDS, type RetirementResult } from "../../passes/key-ring.ts";
import { type Command, CommandFailure, configurationOption } from "../shared/command.ts";
import { type KeyRings, withKeyRings } from "../shared/open-key-rings.ts";
import { isoTime, printLine } from "../shared/terminal.ts";

type Refusal = Extract<RetirementResult, { readonly outcome: "refused" }>;

export const keysRetire: Command = {
  name: "keys retire",
  summary: "Removes a key for good, once no token that it signed is valid any more",
  synopsis: "KID [--compromised]",
  details: [
    "  --compromised     at once, because a thief may have it: every verifier that has read the keys again refuses its",
    "                    tokens, and if it was the signing key, a new one signs from now on",
  ],
  options: { ...configurationOption, compromised: { type: "boolean" } },
  arguments: ["KID"],
  async run(invocation) {
    const { output } = invocation.terminal;
    const [kid = ""] = invocation.arguments;
    const isCompromised = invocation.values.compromised === true;
    const result = await withKeyRings(invocation, async (rings, store) => {
      const retired = await retire(rings, kid, isCompromised);
      // Verifiers that still have the key would accept its passes. The revocation list voids them.
      if (isCompromised && retired.outcome === "retired") await store.voidPassesBefore(systemClock.now());
      return retired;
    });
    if (result.outcome === "unknown") throw new CommandFailure(`There is no key ${kid}. "keys list" lists them.`);
    if (result.outcome === "refused") throw new CommandFailure(reasonOf(result));
    printLine(output, `${kid} is retired.`);
    if (!isCompromised) return;
    if (result.successor !== null) printLine(output, `${result.successor} signs from now on.`);
    printLine(
      output,
      `Verifiers that have read the keys go on with it for up to ${2 * KEY_SET_MAXIMUM_AGE_SECONDS} seconds: restart them.`,
    );
  },
};

async function retire(rings: KeyRings, kid: string, isCompromised: boolean): Promise<RetirementResult> {
  for (const purpose of keyPurposes) {
    const ring = rings[purpose];
    const result = await (isCompromised ? ring.retireCompromised(kid) : ring.retire(kid));
    if (result.outcome !== "unknown") return result;
  }
  return { outcome: "unknown" };
}

function reasonOf({ state, until }: Refusal): string {
  const when = until === null ? "" : ` It may be retired from ${isoTime(until)}.`;
  if (state === "waiting") return "It is new and does not sign yet: verifiers have to read it first.";
  if (state === "signing")
    return `It is the key that signs.${until === null ? ' "keys rotate" brings the next.' : when}`;
  return `What it signed may still be good.${when}`;
}
