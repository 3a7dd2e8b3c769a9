// Loaded before a contestant by --import, together with --expose-gc: tells its parent, on request, how much heap is in use.

/** A second collection frees what finalizers of the first let go. */
const COLLECTIONS = 3;

process.on("message", (message) => {
  if (message !== "heap") return;
  if (globalThis.gc === undefined) throw new Error("The heap is asked for without --expose-gc.");
  for (let round = 0; round < COLLECTIONS; round += 1) globalThis.gc();
  process.send?.({ heapBytes: process.memoryUsage().heapUsed });
});
// It alone keeps no program running.
process.channel?.unref();
