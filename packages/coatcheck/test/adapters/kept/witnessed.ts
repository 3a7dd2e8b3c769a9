import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// As by --expose-gc, without a process of its own.
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** What was seen, held by nothing here. */
export class Witnessed {
  readonly #seen = new Map<string, WeakRef<object>[]>();

  /** For a handler; a class of its own is counted by its name. */
  readonly witness = (...seen: readonly object[]): void => {
    for (const each of seen) {
      const name = each.constructor.name;
      const references = this.#seen.get(name) ?? [];
      this.#seen.set(name, references);
      references.push(new WeakRef(each));
    }
  };

  get count(): number {
    return [...this.#seen.values()].reduce((sum, references) => sum + references.length, 0);
  }

  forget(): void {
    this.#seen.clear();
  }

  /** How many there still are of each kind that has more than `allowed`, after collections. */
  async keptAbove(allowed: number): Promise<Readonly<Record<string, number>>> {
    // A promise or a timer may hold something for a turn, and finalizers run after a collection.
    for (let collection = 0; collection < 4; collection += 1) {
      await setImmediate();
      collectGarbage();
    }
    const kept = [...this.#seen].map(
      ([name, references]) => [name, references.filter((each) => each.deref() !== undefined).length] as const,
    );
    return Object.fromEntries(kept.filter(([, count]) => count > allowed));
  }
}
