import type { Rule } from "./rule.ts";

const loop = "packages/coatcheck/src/core/keep-listening.ts";
const source = "packages/coatcheck/src/core/removal-channel.ts";
const tests = "packages/coatcheck/test/core/removal-channel.test.ts";

/** What makes a channel's word "open" worth believing. */
export const removalChannelRules: readonly Rule[] = [
  {
    rule: "A lost connection is reported as a gap, before anything is heard again.",
    source: loop,
    within: "keepListening",
    replace: `    onInterrupted();
    await pause(`,
    with: "    await pause(",
    tests,
    testName:
      "a channel of removals > reports the gap when the connection is lost, closes what is left of it, and connects again",
  },
  {
    rule: "A connection that answers no heartbeat is a lost one.",
    source: loop,
    within: "listenOnce",
    replace: "await withinDeadline(subscription.ping()).catch((error: unknown) => lost.abort(error));",
    with: "await withinDeadline(subscription.ping()).catch(() => {});",
    tests,
    testName: "a channel of removals > takes a hanging heartbeat for a lost connection",
  },
  {
    rule: "A heartbeat is waited for no longer than its deadline.",
    source: loop,
    within: "listenOnce",
    replace: "await withinDeadline(subscription.ping())",
    with: "await subscription.ping()",
    tests,
    testName: "a channel of removals > takes a hanging heartbeat for a lost connection",
  },
  {
    rule: "A connection that was lost while it opened is never called open.",
    source: loop,
    within: "listenOnce",
    replace: "if (!ended.aborted) options.onOpen();",
    with: "options.onOpen();",
    tests,
    testName: "a channel of removals > one that is lost while it opens is never called open",
  },
  {
    rule: "What a lost connection still says is not believed.",
    source,
    within: "RemovalChannel.#listen.onRemoved",
    replace: "if (!attempt.signal.aborted) this.#listeners.tell([removed]);",
    with: "this.#listeners.tell([removed]);",
    tests,
    testName: "a channel of removals > believes nothing that a lost connection still says",
  },
  {
    rule: "A change of the primaries is a gap: a new one may lack what the old one had told.",
    source,
    within: "RemovalChannel.#listen",
    replace: "this.#source.watchTopology?.(() => this.#reportGap(attempt.signal))",
    with: "this.#source.watchTopology?.(() => {})",
    tests,
    testName: "a channel of removals > reports a gap when primaries may have changed places, and goes on hearing",
  },
  {
    rule: "A channel that lost its last listener is not called open to the next one.",
    source,
    within: "RemovalChannel.#stop",
    replace: `    this.#stopping = null;
    this.#listeners.report("interrupted");`,
    with: "    this.#stopping = null;",
    tests,
    testName:
      "a channel of removals > connects again for a subscriber that comes after the last has gone, and is not open before that",
  },
];
