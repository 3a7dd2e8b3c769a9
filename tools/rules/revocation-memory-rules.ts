import type { Rule } from "./rule.ts";

const source = "packages/coatcheck/src/core/revocation-memory.ts";
const tests = "packages/coatcheck/test/core/revocation-memory.test.ts";

/** What a process remembers of the sessions that it ended, or heard the end of. */
export const revocationMemoryRules: readonly Rule[] = [
  {
    rule: "What this process ended is refused for five minutes, whatever the store says.",
    source,
    within: "RevocationMemory.delete",
    replace: "if (removed !== null) this.#rememberOwn([removed]);",
    with: "",
    tests,
    testName: "the memory of revocations > refuses what delete ended, although the store has it again",
  },
  {
    rule: "What all sessions of a user ended is refused for five minutes, whatever the store says.",
    source,
    within: "RevocationMemory.deleteByUser",
    replace: "this.#rememberOwn(removed);",
    with: "",
    tests,
    testName: "the memory of revocations > refuses what deleteByUser ended, although the store has it again",
  },
  {
    rule: "What another process ended is refused for five minutes, whatever the store says.",
    source,
    within: "RevocationMemory.constructor",
    replace: "(removed) => this.#remember(removed, false),",
    with: "() => {},",
    tests,
    testName: "the memory of revocations > refuses what another process ended, although the store has it again",
  },
  {
    rule: "What was remembered while it was read is refused.",
    source,
    within: "RevocationMemory.find",
    replace: "(this.#refuses(reference) ? null : record)",
    with: "record",
    tests,
    testName: "the memory of revocations > refuses a session whose removal is heard of while it is being read",
  },
  {
    rule: "After an interruption everything that is remembered is removed again.",
    source,
    within: "RevocationMemory.#noteChannel",
    replace: "for (const sessionId of this.#remembered.keys()) this.#toRepeat.add(sessionId);",
    with: "",
    tests,
    testName:
      "the memory of revocations > removes everything it remembers again after an interruption, heard of or its own",
  },
  {
    rule: "What this process ended is made sure of before it is forgotten.",
    source,
    within: "RevocationMemory.#tidy",
    replace: "if (isOwn) this.#toRepeat.add(sessionId);",
    with: "if (isOwn) this.#remembered.delete(sessionId);",
    tests,
    testName: "the memory of revocations > removes what this process ended once more before it is forgotten",
  },
];
