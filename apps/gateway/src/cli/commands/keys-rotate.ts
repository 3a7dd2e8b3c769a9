import { type Command, CommandFailure, configurationOption, UsageError } from "../shared/command.ts";
import { purposesIn, withKeyRings } from "../shared/open-key-rings.ts";
import { isoTime, printLine } from "../shared/terminal.ts";

export const keysRotate: Command = {
  name: "keys rotate",
  summary: "Publishes a new key, which signs once every verifier can have read it",
  synopsis: "[--for (identity | passes)] [--wait-hours N]",
  details: [
    "  --for <purpose>   rotates one of the two; both by default",
    "  --wait-hours N    when it begins to sign, for verifiers whose keys are copied by hand; by default after some",
    "                    minutes, when every verifier that reads the key set has read it again",
    "",
    "That is all: the gateway retires the old key by itself once no token that it signed is valid any more.",
  ],
  options: { ...configurationOption, for: { type: "string" }, "wait-hours": { type: "string" } },
  arguments: [],
  async run(invocation) {
    const { output } = invocation.terminal;
    const purposes = purposesIn(invocation.values.for);
    const waitSeconds = hoursIn(invocation.values["wait-hours"]) * 3_600;
    const refusals = await withKeyRings(invocation, async (rings) => {
      const texts: string[] = [];
      for (const purpose of purposes) {
        const result = await rings[purpose].rotate(waitSeconds);
        if (result.outcome === "rotate") {
          printLine(output, `${purpose}: ${result.kid} is published, and signs from ${isoTime(result.signsFrom)}.`);
        } else {
          texts.push(`${purpose}: ${result.waitingKid} is new already, and signs from ${isoTime(result.until)}.`);
        }
      }
      return texts;
    });
    if (refusals.length > 0) throw new CommandFailure(refusals.join(" "));
  },
};

/** A month is long for a key that signs nothing. */
function hoursIn(value: unknown): number {
  if (value === undefined) return 0;
  const hours = /^\d{1,3}$/.test(String(value)) ? Number(value) : 0;
  if (hours >= 1 && hours <= 720) return hours;
  throw new UsageError("--wait-hours is a whole number from 1 to 720.");
}
