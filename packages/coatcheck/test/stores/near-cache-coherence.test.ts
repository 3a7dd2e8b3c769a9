import fc from "fast-check";
import { expect, test } from "vitest";
import { StoryTeller } from "./support/near-cache-story.ts";
import { BOUND_MILLISECONDS, NearCacheWorld, type Node, type Step } from "./support/near-cache-world.ts";

/** A world whose first node revokes, and whose second one holds a copy unless it is told not to. */
async function twoNodes({ withCopy = true } = {}) {
  const world = new NearCacheWorld(2);
  const [revoker, other] = world.nodes as [Node, Node];
  if (withCopy) await other.read();
  return { world, revoker, other };
}

async function revoke(node: Node): Promise<void> {
  const removal = node.sendDelete();
  removal.carryOut();
  await removal.answer();
}

test("a copy is served until its removal is heard of, and not after that", async () => {
  const { revoker, other } = await twoNodes();
  expect(other.servesFromMemory).toBe(true);
  await revoke(revoker);
  expect(other.servesFromMemory).toBe(true);
  other.deliver();
  expect(other.servesFromMemory).toBe(false);
});

test("a read that a removal overtook is not kept", async () => {
  const { revoker, other } = await twoNodes({ withCopy: false });
  const read = other.sendRead();
  read.carryOut();
  await revoke(revoker);
  other.deliver();
  await read.answer();
  expect(other.servesFromMemory).toBe(false);
});

test("a read is kept although an earlier one was overtaken", async () => {
  const { world, other } = await twoNodes({ withCopy: false });
  const overtaken = other.sendRead();
  overtaken.carryOut();
  other.notice();
  other.reopen();
  await other.read();
  expect(other.servesFromMemory).toBe(true);
  world.pass(BOUND_MILLISECONDS);
  await overtaken.answer();
  expect(other.servesFromMemory).toBe(true);
  world.pass(1);
  expect(other.servesFromMemory).toBe(false);
});

test("a read that was sent before an interruption is not kept after it", async () => {
  const { revoker, other } = await twoNodes({ withCopy: false });
  const read = other.sendRead();
  read.carryOut();
  other.cut();
  await revoke(revoker);
  other.notice();
  other.reopen();
  await read.answer();
  expect(other.servesFromMemory).toBe(false);
});

test("while the channel is interrupted nothing is served from memory, and nothing is kept", async () => {
  const { other } = await twoNodes();
  other.cut();
  other.notice();
  expect(other.servesFromMemory).toBe(false);
  await other.read();
  expect(other.servesFromMemory).toBe(false);
});

test("what was held before an interruption is not served after it", async () => {
  const { revoker, other } = await twoNodes();
  other.cut();
  other.notice();
  await revoke(revoker);
  other.reopen();
  expect(other.servesFromMemory).toBe(false);
});

test("with a channel that is dead and unnoticed, a removed session is served for no longer than the bound", async () => {
  const { world, revoker, other } = await twoNodes();
  other.cut();
  await revoke(revoker);
  world.pass(BOUND_MILLISECONDS);
  expect(other.servesFromMemory).toBe(true);
  world.pass(1);
  expect(other.servesFromMemory).toBe(false);
});

test("the age of a copy counts from before its read was sent", async () => {
  const { world, revoker, other } = await twoNodes({ withCopy: false });
  const read = other.sendRead();
  read.carryOut();
  other.cut();
  await revoke(revoker);
  world.pass(BOUND_MILLISECONDS + 1);
  await read.answer();
  expect(other.servesFromMemory).toBe(false);
});

test("a suspended machine serves nothing that grew old while it slept", async () => {
  const { world, other } = await twoNodes();
  world.suspend(BOUND_MILLISECONDS + 1);
  expect(other.servesFromMemory).toBe(false);
});

test("a clock that was set back makes no copy young", async () => {
  const { world, other } = await twoNodes();
  world.setBack(1);
  expect(other.servesFromMemory).toBe(false);
});

test("a clock that was set back does not stretch the age that the other clock tells", async () => {
  const { world, other } = await twoNodes();
  world.pass(BOUND_MILLISECONDS + 1);
  world.setBack(BOUND_MILLISECONDS);
  expect(other.servesFromMemory).toBe(false);
});

test.each<readonly [string, (node: Node) => Step]>([
  ["a delete", (node) => node.sendDelete()],
  ["a deleteByUser", (node) => node.sendDeleteByUser()],
  ["an insert that makes room", (node) => node.sendInsert()],
])("after %s of its own a process serves nothing of what it removed", async (_name, send) => {
  const { revoker } = await twoNodes();
  await revoker.read();
  const read = revoker.sendRead();
  read.carryOut();
  const removal = send(revoker);
  removal.carryOut();
  await removal.answer();
  expect(revoker.servesFromMemory).toBe(false);
  await read.answer();
  expect(revoker.servesFromMemory).toBe(false);
});

test.each<readonly [string, (node: Node) => Step]>([
  ["a delete", (node) => node.sendDelete()],
  ["a deleteByUser", (node) => node.sendDeleteByUser()],
  ["an insert that makes room", (node) => node.sendInsert()],
  ["an update", (node) => node.sendUpdate()],
])("after %s of unknown outcome a process serves nothing of what it may have changed", async (_name, send) => {
  const { revoker } = await twoNodes();
  await revoker.read();
  const call = send(revoker);
  call.carryOut();
  await call.fail();
  await expect(call.promise).rejects.toThrow("the connection broke");
  expect(revoker.servesFromMemory).toBe(false);
});

test.each(["before", "after"])("a read sent %s an update of its own brings back nothing of before", async (when) => {
  const { world, revoker } = await twoNodes();
  await revoker.read();
  const sendRead = () => {
    const read = revoker.sendRead();
    read.carryOut();
    return read;
  };
  const earlier = when === "before" ? sendRead() : null;
  const update = revoker.sendUpdate();
  const read = earlier ?? sendRead();
  update.carryOut();
  await update.answer();
  await read.answer();
  expect(revoker.servesFromMemory).toBe(false);
  await revoker.read();
  expect(revoker.cache.findCopy(world.record)?.version).toBe(2);
});

test("while an update of its own is under way a process serves nothing of before", async () => {
  const { revoker } = await twoNodes();
  await revoker.read();
  const update = revoker.sendUpdate();
  update.carryOut();
  expect(revoker.servesFromMemory).toBe(false);
  await update.answer();
});

test("a session that was found absent is not kept by a read that was sent earlier", async () => {
  const { revoker, other } = await twoNodes({ withCopy: false });
  const earlier = other.sendRead();
  earlier.carryOut();
  await revoke(revoker);
  await other.read();
  await earlier.answer();
  expect(other.servesFromMemory).toBe(false);
});

test("a read that was sent earlier does not replace what a later one brought", async () => {
  const { world, other } = await twoNodes({ withCopy: false });
  const earlier = other.sendRead();
  earlier.carryOut();
  world.pass(1);
  await other.read();
  await earlier.answer();
  world.pass(BOUND_MILLISECONDS);
  expect(other.servesFromMemory).toBe(true);
});

test("a deleteByUser takes away also what its answer does not name", async () => {
  const { world, revoker } = await twoNodes();
  await revoker.read();
  world.stored = null;
  const removal = revoker.sendDeleteByUser();
  removal.carryOut();
  await removal.answer();
  expect(revoker.servesFromMemory).toBe(false);
});

test("an absence is never kept: each time the store is asked", async () => {
  const { world, other } = await twoNodes();
  const record = world.stored;
  world.stored = null;
  await other.read();
  expect(other.servesFromMemory).toBe(false);
  world.stored = record;
  expect(other.servesFromMemory).toBe(false);
  await other.read();
  expect(other.servesFromMemory).toBe(true);
});

test("whatever happens in whatever order, no node serves a removed session for longer than it may", async () => {
  const step = fc.record({
    choice: fc.nat(60),
    milliseconds: fc.constantFrom(1, 400, 700, BOUND_MILLISECONDS + 1),
  });
  const story = fc.record({
    revocation: fc.constantFrom("delete", "deleteByUser", "insert"),
    clockFault: fc.constantFrom("suspend", "setBack"),
    steps: fc.array(step, { minLength: 10, maxLength: 30, size: "max" }),
  });
  const property = fc.asyncProperty(story, async ({ steps, ...setting }) => {
    const teller = new StoryTeller(setting);
    for (const next of steps) {
      await teller.tell(next);
      expect(teller.offenders(), teller.told.join(", ")).toEqual([]);
    }
  });
  await fc.assert(property, { numRuns: 3_000 });
});
