import type { SourceLocation } from "../config/source-location.ts";
import type { UnixMilliseconds } from "../http/http-date.ts";
import type { FileSource } from "./file-source.ts";
import { FolderSource } from "./folder.ts";

/** @throws FileServiceError `source_cannot_be_opened` */
export async function openSource(location: SourceLocation, now: () => UnixMilliseconds): Promise<FileSource> {
  if (location.kind === "folder") return new FolderSource(location.path, { now });
  // Loaded only if it is needed: the S3 client is larger than everything else here.
  const { BucketSource } = await import("./bucket.ts");
  return new BucketSource(location);
}
