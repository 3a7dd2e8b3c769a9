import type { SessionReference } from "../../core/session-record.ts";

/** What the stores in memory of one process know of each other. */
interface Neighbours {
  /** Oldest first. Weak: a store that is not used any more goes as if this were not there. */
  readonly stores: WeakRef<StoreContent>[];
  isTold: boolean;
}

/** Whether a store has a session. */
export interface StoreContent {
  holds(reference: SessionReference): boolean;
}

/** By this name every copy of this module finds the others, however often a bundler put it into the program. */
const NEIGHBOURS = Symbol.for("coatcheck.memoryStores");
/** So few that a search among them costs nothing. More are made by tests alone. */
const MOST_NEIGHBOURS = 16;

/** Makes a store known to the others in this process. */
export function joinNeighbours(content: StoreContent): void {
  const { stores } = neighbours();
  stores.push(new WeakRef(content));
  if (stores.length > MOST_NEIGHBOURS) stores.shift();
}

/**
 * Warns, once in a process, when a session that one store lacks is in another: ids are random, so the program has two
 * where it means to have one, and its users seem to be logged out.
 */
export function warnIfElsewhere(reference: SessionReference, own: StoreContent): void {
  const known = neighbours();
  if (known.isTold || known.stores.length < 2) return;
  const others = known.stores.map((store) => store.deref()).filter((store) => store !== own);
  if (!others.some((store) => store?.holds(reference))) return;
  known.isTold = true;
  process.emitWarning(
    "A session is in another MemorySessionStore of this process than the one that was asked for it. Next.js and " +
      "development servers evaluate a module more than once: make the store by oncePerProcess, which coatcheck exports.",
    "CoatcheckWarning",
  );
}

function neighbours(): Neighbours {
  const shared = globalThis as { [NEIGHBOURS]?: Neighbours };
  shared[NEIGHBOURS] ??= { stores: [], isTold: false };
  return shared[NEIGHBOURS];
}
