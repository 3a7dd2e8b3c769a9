import type { SessionReference } from "../../core/session-record.ts";

/** The shared knowledge of the memory stores in one process. */
interface Neighbours {
  /** Oldest first. Weak references, so that an unused store is collected as usual. */
  readonly stores: WeakRef<StoreContent>[];
  isTold: boolean;
}

/** Tells whether a store has a session. */
export interface StoreContent {
  holds(reference: SessionReference): boolean;
}

/** Every copy of this module finds the others by this name, even if a bundler put it into the program several times. */
const NEIGHBOURS = Symbol.for("coatcheck.memoryStores");
/** So few that a search costs nothing. Only tests make more. */
const MOST_NEIGHBOURS = 16;

/** Makes a store known to the others in this process. */
export function joinNeighbours(content: StoreContent): void {
  const { stores } = neighbours();
  stores.push(new WeakRef(content));
  if (stores.length > MOST_NEIGHBOURS) stores.shift();
}

/**
 * Warns, once per process, if a session that one store lacks is in another one. Ids are random, so the program has two
 * stores where it means to have one, and its users seem to be logged out.
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
