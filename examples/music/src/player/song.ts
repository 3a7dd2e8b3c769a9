/** What the library tells of a song. */
export interface Song {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  readonly durationSeconds: number;
  /** Where the file service has it, and what a pass for it is asked for. */
  readonly path: string;
}

export function coverUrl({ id }: Song): string {
  return `/music/covers/${encodeURIComponent(id)}.svg`;
}
