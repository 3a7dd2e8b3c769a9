import { SessionManager } from "coatcheck";
import type { SessionStore } from "coatcheck/store";
import type { Contestant } from "../measure.ts";

/**
 * Authenticates sessions in random order, so that neither the processor's nor the store's caches can help much. The
 * tokens of a turn are laid out beforehand as new strings, as a server finds them in a header it has just parsed.
 */
export function sessionContestant(name: string, store: SessionStore, tokens: readonly string[]): Contestant {
  const sessions = new SessionManager({ store });
  const bytes = Buffer.from(tokens.join(""), "latin1");
  let turn: string[] = [];
  return {
    name,
    prepare(operations) {
      turn = Array.from({ length: operations }, () => {
        const start = Math.floor(Math.random() * tokens.length) * 64;
        return bytes.toString("latin1", start, start + 64);
      });
    },
    async run() {
      for (const token of turn) {
        const result = await sessions.authenticate(token, { slide: false });
        if (result.status !== "authenticated") throw new Error(`A session was refused: ${result.reason}.`);
      }
    },
  };
}
