/** A song as the library lists it. */
export interface Song {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  readonly durationSeconds: number;
  /** What a pass is asked for. */
  readonly path: string;
}

export function coverUrl({ id }: Song): string {
  return `/music/covers/${encodeURIComponent(id)}.svg`;
}
