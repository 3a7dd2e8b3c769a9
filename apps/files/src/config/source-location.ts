/** A folder on this machine. */
export interface FolderLocation {
  readonly kind: "folder";
  /** Absolute. */
  readonly path: string;
}

/** A bucket of any server that speaks the protocol of S3. Its credentials are the environment's, as for every client. */
export interface BucketLocation {
  readonly kind: "bucket";
  readonly bucket: string;
  /** What each key begins with: names joined by "/", with none at either end; empty for the whole bucket. */
  readonly prefix: string;
  /** Null for Amazon's own. */
  readonly endpoint: string | null;
  readonly region: string;
}

export type SourceLocation = FolderLocation | BucketLocation;
