/**
 * Every fault that the file service reports, by its stable code. Expected outcomes (a refused pass, a missing file) are
 * values and do not appear here.
 */
export const fileServiceErrorCodes = {
  invalid_configuration: "A setting is missing, unknown, contradictory or unsafe. Raised at start, never on a request.",
  source_cannot_be_opened: "The folder or bucket does not exist, or cannot be read. Raised at start.",
  source_unavailable: "The folder or bucket failed, or did not answer in time. Answer 503.",
  passes_unavailable: "The issuer's keys or revocations could not be read yet, so no pass can be accepted.",
  file_changed: "A file was replaced while it was being read. Answer 503, or cut off the answer.",
  playlist_too_large: "A playlist is larger than the limit for playlists in memory. Answer 500.",
  playlist_unreadable:
    "A playlist is stored in an unknown encoding, or not in the encoding that it claims. Answer 500.",
  playlist_unsafe: "A playlist could make players send the pass to another host. Answer 500 if the pass is in the URL.",
  cannot_listen: "The service cannot listen on its address or port. Raised at start.",
} as const satisfies Record<string, string>;

export type FileServiceErrorCode = keyof typeof fileServiceErrorCodes;

/** A fault with a stable `code`. The message is for people and may change; `cause` keeps the original error. */
export class FileServiceError extends Error {
  override readonly name = "FileServiceError";
  readonly code: FileServiceErrorCode;

  constructor(code: FileServiceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
