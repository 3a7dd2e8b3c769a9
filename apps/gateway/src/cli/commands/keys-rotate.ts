import { type Command, CommandFailure, configurationOption } from "../command.ts";
import { purposesIn, withKeyRings } from "../open-key-rings.ts";
import { printLine } from "../terminal.ts";
import { isoTime } from "../time-text.ts";

export const keysRotate: Command = {
  name: "keys rotate",
  summary: "Publishes a new key, which signs when every verifier can have read of it",
  synopsis: "[--for (identity | passes)]",
  details: [
    "  --for <purpose>   rotates one of the two; both by default",
    "",
    "Nothing more is to be done: the key of before is retired by itself when nothing that it signed is good any more.",
  ],
  options: { ...configurationOption, for: { type: "string" } },
  arguments: [],
  async run(invocation) {
    const { output } = invocation.terminal;
    const purposes = purposesIn(invocation.values.for);
    const refusals = await withKeyRings(invocation, async (rings) => {
      const texts: string[] = [];
      for (const purpose of purposes) {
        const result = await rings[purpose].rotate();
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
