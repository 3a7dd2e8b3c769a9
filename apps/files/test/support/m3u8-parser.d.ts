declare module "m3u8-parser" {
  /** The reader of playlists of video.js, which comes without types. */
  export class Parser {
    readonly manifest: unknown;
    push(text: string): void;
    end(): void;
  }
}
