import { HIGHEST_PARTIAL_HERTZ, SAMPLE_RATE_HERTZ } from "./sound.ts";

const SIZE = 2_048;
const MASK = SIZE - 1;

/** One period of a sound, to be read at any speed. */
export class Wavetable {
  readonly #samples: Float32Array;

  /** @param amplitudes of the partials: the fundamental, then those of twice, three times its frequency, and so on */
  constructor(amplitudes: readonly number[]) {
    const loudest = amplitudes.reduce((sum, amplitude) => sum + Math.abs(amplitude), 0) || 1;
    this.#samples = Float32Array.from({ length: SIZE }, (_, index) =>
      amplitudes.reduce(
        (sum, amplitude, partial) =>
          sum + (amplitude / loudest) * Math.sin((2 * Math.PI * (partial + 1) * index) / SIZE),
        0,
      ),
    );
  }

  /** @param phase in periods; between two samples it goes in a line */
  at(phase: number): number {
    const position = phase * SIZE;
    const index = Math.floor(position);
    const before = this.#samples[index & MASK] ?? 0;
    const after = this.#samples[(index + 1) & MASK] ?? 0;
    return before + (position - index) * (after - before);
  }
}

export const sine = new Wavetable([1]);

/** The tables of one timbre: the higher the note, the fewer partials fit below the end of the range. */
export class Timbre {
  readonly #amplitudes: readonly number[];
  readonly #tables = new Map<number, Wavetable>();

  constructor(amplitudes: readonly number[]) {
    this.#amplitudes = amplitudes;
  }

  tableFor(frequency: number): Wavetable {
    const fitting = Math.max(1, Math.min(this.#amplitudes.length, Math.floor(HIGHEST_PARTIAL_HERTZ / frequency)));
    const table = this.#tables.get(fitting) ?? new Wavetable(this.#amplitudes.slice(0, fitting));
    this.#tables.set(fitting, table);
    return table;
  }
}

/** Partials that fall off as those of a saw do when the exponent is 1, and faster when it is higher. */
export function falling(partials: number, exponent: number): readonly number[] {
  return Array.from({ length: partials }, (_, index) => (index + 1) ** -exponent);
}

export function periodsPerFrame(frequency: number): number {
  return frequency / SAMPLE_RATE_HERTZ;
}
