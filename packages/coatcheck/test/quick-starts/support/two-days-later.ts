// Loaded before a program: at the signal two days pass. Its timers run out, and what its store removes is written down.
import { appendFileSync } from "node:fs";
import { MemorySessionStore } from "coatcheck/stores/memory";

const TWO_DAYS = 2 * 86_400_000;
const { setTimeout: start, clearTimeout: stop } = globalThis;
const { now } = Date;
const pending = new Map<NodeJS.Timeout, () => void>();

globalThis.setTimeout = Object.assign((call: () => void, milliseconds?: number) => {
  const timer = start(() => {
    pending.delete(timer);
    call();
  }, milliseconds);
  pending.set(timer, call);
  return timer;
}, start);

const { deleteExpired } = MemorySessionStore.prototype;
MemorySessionStore.prototype.deleteExpired = async function (limit) {
  const removed = await deleteExpired.call(this, limit);
  for (const { reason } of removed) appendFileSync("removed.txt", `${reason}\n`);
  return removed;
};

process.on("SIGUSR2", () => {
  Date.now = () => now() + TWO_DAYS;
  for (const [timer, call] of [...pending]) {
    stop(timer);
    pending.delete(timer);
    call();
  }
});
