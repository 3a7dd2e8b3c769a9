/**
 * Every fault that the file service reports, by its stable code. Expected outcomes (a refused pass, a file that is not
 * there) are values and never appear here.
 */
export const fileServiceErrorCodes = {
  invalid_configuration: "A setting is missing, unknown, contradictory or unsafe. Raised at start, never on a request.",
  source_cannot_be_opened: "The folder or bucket to serve is not there, or not to be read. Raised at start.",
  source_unavailable: "The folder or bucket failed, or did not answer in time. Answer 503.",
  passes_unavailable: "The issuer's keys or revocations were not heard of, so that no pass can be believed.",
  file_changed: "A file became another one while it was being read. Answer 503, or cut off the answer.",
  playlist_too_large: "A playlist is larger than what is looked at in memory. Answer 500.",
  playlist_unreadable: "A playlist is stored in an encoding that is not undone here, or not as it says. Answer 500.",
  playlist_unsafe: "A playlist asks players for what only the viewer has. Answer 500, where it could be handed over.",
  cannot_listen: "The file service cannot listen on the configured address or port.",
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
