import { resolve } from "node:path";
import { InvalidValue, parseText } from "@coatcheck/service/parse-values";
import { parseOrigin, type UrlOptions } from "./parse-urls.ts";
import type { BucketLocation, SourceLocation } from "./source-location.ts";

const FORMS = "must be folder:PATH or s3://BUCKET/PREFIX?endpoint=URL&region=NAME";
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z0-9-]{1,40}$/;
const PARAMETERS: ReadonlySet<string> = new Set(["endpoint", "region"]);

/** What Amazon's own tools take, and what other servers do not look at. */
const DEFAULT_REGION = "us-east-1";

export function parseSource(value: unknown, options: UrlOptions): SourceLocation {
  const text = parseText(value);
  if (text.startsWith("s3://")) return parseBucket(text, options);
  if (!text.startsWith("folder:") || text === "folder:") throw new InvalidValue(FORMS);
  return { kind: "folder", path: resolve(text.slice("folder:".length)) };
}

function parseBucket(text: string, options: UrlOptions): BucketLocation {
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
    endpoint: endpoint === null ? null : parseOrigin(endpoint, options),
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
