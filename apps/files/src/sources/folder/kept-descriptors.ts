import type { SharedDescriptor } from "./shared-descriptor.ts";

/**
 * Some changes pass every check of a path, such as a folder that may no longer be searched. They take effect after
 * this.
 */
const KEPT_MILLISECONDS = 1_000;
/** If more files are in use than this, the others are opened as if none were kept. */
const MAXIMUM_KEPT = 256;

interface Kept {
  readonly shared: SharedDescriptor;
  readonly until: number;
}

/**
 * KeptDescriptors keeps files open for a second after they were opened, by the place where they were opened: opening
 * and closing are half the work of a small file. It decides nothing: its caller checks that the file is still the one
 * there.
 */
export class KeptDescriptors {
  /** In the order in which the files were opened. */
  readonly #kept = new Map<string, Kept>();
  #timer: NodeJS.Timeout | null = null;

  /** Never returns a file that was opened more than a second ago. */
  find(place: string): SharedDescriptor | undefined {
    const kept = this.#kept.get(place);
    return kept === undefined || kept.until <= performance.now() ? undefined : kept.shared;
  }

  /** Becomes a user of the descriptor, and releases another one that it kept for that place. */
  keep(place: string, shared: SharedDescriptor): void {
    this.#drop(place);
    this.#kept.set(place, { shared: shared.acquire(), until: performance.now() + KEPT_MILLISECONDS });
    const [oldest = place] = this.#kept.keys();
    if (this.#kept.size > MAXIMUM_KEPT) this.#drop(oldest);
    this.#timer ??= setTimeout(() => this.#dropExpired(), KEPT_MILLISECONDS).unref();
  }

  /** Releases the descriptor, unless another one is kept for that place by now. */
  drop(place: string, shared: SharedDescriptor): void {
    if (this.#kept.get(place)?.shared === shared) this.#drop(place);
  }

  close(): void {
    for (const place of this.#kept.keys()) this.#drop(place);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #drop(place: string): void {
    const kept = this.#kept.get(place);
    this.#kept.delete(place);
    kept?.shared.release();
  }

  #dropExpired(): void {
    this.#timer = null;
    const now = performance.now();
    for (const [place, { until }] of this.#kept) {
      if (until > now) {
        this.#timer = setTimeout(() => this.#dropExpired(), until - now).unref();
        return;
      }
      this.#drop(place);
    }
  }
}
