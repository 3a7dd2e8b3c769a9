import type { SharedDescriptor } from "./shared-descriptor.ts";

/** What no check of a path notices, such as a folder that may no longer be searched, is noticed after this. */
const KEPT_MILLISECONDS = 1_000;
/** Where more files are in use than this, the rest works as if none were kept. */
const MAXIMUM_KEPT = 256;

interface Kept {
  readonly shared: SharedDescriptor;
  readonly until: number;
}

/**
 * KeptDescriptors leaves files open for a second after they were opened, by the place that they were opened at: opening and
 * closing are half the work of a small file. It decides nothing: its caller looks whether that still is the file there.
 */
export class KeptDescriptors {
  /** In the order in which they were opened. */
  readonly #kept = new Map<string, Kept>();
  #timer: NodeJS.Timeout | null = null;

  /** Never one that was opened more than a second ago. */
  find(place: string): SharedDescriptor | undefined {
    const kept = this.#kept.get(place);
    return kept === undefined || kept.until <= performance.now() ? undefined : kept.shared;
  }

  /** Becomes a user of it, and lets go of another at that place. */
  keep(place: string, shared: SharedDescriptor): void {
    this.#drop(place);
    this.#kept.set(place, { shared: shared.acquire(), until: performance.now() + KEPT_MILLISECONDS });
    const [oldest = place] = this.#kept.keys();
    if (this.#kept.size > MAXIMUM_KEPT) this.#drop(oldest);
    this.#timer ??= setTimeout(() => this.#dropExpired(), KEPT_MILLISECONDS).unref();
  }

  /** Lets go of it, unless another is kept at that place by now. */
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
