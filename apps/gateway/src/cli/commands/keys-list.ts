import { keyPurposes } from "../../passes/access-store.ts";
import { type Command, configurationOption } from "../shared/command.ts";
import { withKeyRings } from "../shared/open-key-rings.ts";
import { isoTime, printJson, printLine, printTable } from "../shared/terminal.ts";

export const keysList: Command = {
  name: "keys list",
  summary: "Lists the keys that sign identity tokens and passes",
  synopsis: "[--json]",
  details: [
    "  --json            prints JSON instead of a table",
    "",
    "waiting: published, not in use yet. superseded: tokens it signed may still be valid. retirable: none are.",
  ],
  options: { ...configurationOption, json: { type: "boolean" } },
  arguments: [],
  async run(invocation) {
    const { output } = invocation.terminal;
    const listed = await withKeyRings(invocation, async (rings) =>
      Promise.all(keyPurposes.map(async (purpose) => ({ purpose, keys: await rings[purpose].list() }))),
    );
    const keys = listed.flatMap(({ purpose, keys: ofPurpose }) => ofPurpose.map((key) => ({ purpose, ...key })));
    if (invocation.values.json === true) {
      return printJson(output, {
        keys: keys.map(({ publishedAt, signsFrom, retirableFrom, ...key }) => ({
          ...key,
          publishedAt: isoTime(publishedAt),
          signsFrom: isoTime(signsFrom),
          retirableFrom: retirableFrom === null ? null : isoTime(retirableFrom),
        })),
      });
    }
    if (keys.length === 0) return printLine(output, "There are no keys yet: the gateway makes them when it starts.");
    printTable(
      output,
      ["FOR", "ALGORITHM", "STATE", "SIGNS FROM", "RETIRABLE FROM", "ENCRYPTED", "KID"],
      keys.map(({ purpose, algorithm, state, signsFrom, retirableFrom, isEncrypted, kid }) => {
        const until = retirableFrom === null ? "-" : isoTime(retirableFrom);
        return [purpose, algorithm, state, isoTime(signsFrom), until, isEncrypted ? "yes" : "no", kid];
      }),
    );
  },
};
