import { resolve } from "node:path";
import { InvalidValue, type ValueType } from "@coatcheck/service/settings/value-type";
import { parseText } from "@coatcheck/service/settings/value-types";
import { originUrl } from "./secure-urls.ts";

/** A folder on this machine. */
export interface FolderLocation {
  readonly kind: "folder";
  /** Absolute. */
  readonly path: string;
}

/** A bucket of any server that speaks the S3 protocol. Its credentials come from the environment, as for every S3 client. */
export interface BucketLocation {
  readonly kind: "bucket";
  readonly bucket: string;
  /** The beginning of each key: names joined by "/", without one at either end. Empty for the whole bucket. */
  readonly prefix: string;
  /** Null for Amazon's own servers. */
  readonly endpoint: string | null;
  readonly region: string;
}

export type SourceLocation = FolderLocation | BucketLocation;

const FORMS = "must be folder:PATH or s3://BUCKET/PREFIX?endpoint=URL&region=NAME";
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z0-9-]{1,40}$/;
const PARAMETERS: ReadonlySet<string> = new Set(["endpoint", "region"]);

/** The default of Amazon's own tools. Other servers ignore the region. */
const DEFAULT_REGION = "us-east-1";

export const sourceLocation: ValueType<SourceLocation> = {
  parse(value) {
    const text = parseText(value);
    if (text.startsWith("s3://")) return parseBucket(text);
    if (!text.startsWith("folder:") || text === "folder:") throw new InvalidValue(FORMS);
    return { kind: "folder", path: resolve(text.slice("folder:".length)) };
  },
  schema: { type: "string", pattern: "^(folder:.|s3://.)", examples: ["folder:/srv/files", "s3://my-bucket/files"] },
  show: (source) => [source.kind === "folder" ? `folder:${source.path}` : bucketText(source)],
};

function parseBucket(text: string): BucketLocation {
  if (!URL.canParse(text)) throw new InvalidValue(FORMS);
  const { hostname, port, username, password, pathname, searchParams, hash } = new URL(text);
  if (username !== "" || password !== "") {
    throw new InvalidValue("must have no key in it: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are read as usual");
  }
  const isKnown = [...searchParams.keys()].every((name) => PARAMETERS.has(name));
  if (!BUCKET_NAME.test(hostname) || port !== "" || hash !== "" || !isKnown) throw new InvalidValue(FORMS);
  const region = searchParams.get("region") ?? DEFAULT_REGION;
  if (!REGION.test(region)) throw new InvalidValue("must have a region such as eu-central-1");
  const endpoint = searchParams.get("endpoint");
  return {
    kind: "bucket",
    bucket: hostname,
    prefix: decodePrefix(pathname),
    endpoint: endpoint === null ? null : originUrl.parse(endpoint),
    region,
  };
}

function decodePrefix(pathname: string): string {
  try {
    return decodeURIComponent(pathname).replace(/^\/|\/$/g, "");
  } catch {
    throw new InvalidValue("must have % in a prefix written as %25");
  }
}

function bucketText({ bucket, prefix, endpoint, region }: BucketLocation): string {
  const place = prefix === "" ? bucket : `${bucket}/${prefix}`;
  return endpoint === null ? `s3://${place} in ${region}` : `s3://${place} in ${region} at ${endpoint}`;
}
