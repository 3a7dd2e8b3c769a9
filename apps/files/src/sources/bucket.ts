import { Readable } from "node:stream";
import { GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { AccessPath } from "coatcheck/passes";
import type { BucketLocation } from "../config/source-location.ts";
import { FileServiceError } from "../errors.ts";
import type { ByteRange } from "../http/byte-ranges.ts";
import type { EntityTag } from "../http/entity-tag.ts";
import { faultOf, isBeyondTheEnd, isNothingThere, isUnexplainedRefusal, unavailable } from "./bucket/bucket-faults.ts";
import { BucketFile } from "./bucket/bucket-file.ts";
import { describeObject } from "./bucket/object-description.ts";
import { type FileSource, isHidden, type LikelyRead, type OpenFile } from "./file-source.ts";

const CONNECT_MILLISECONDS = 2_000;
/** How long the beginning of an answer may take. A client waits at most twice as long. */
const ANSWER_MILLISECONDS = 5_000;
const ATTEMPTS = 2;
/** No client is served a file of this name: it begins with a dot. */
const PROBE = ".coatcheck-readiness";

/**
 * BucketSource serves the objects of a bucket. A request costs one request to the bucket, unless it has conditions or several
 * ranges: then the source asks about the object first, and for its parts after that.
 */
export class BucketSource implements FileSource {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(
    { bucket, prefix, endpoint, region }: BucketLocation,
    { answerMilliseconds = ANSWER_MILLISECONDS }: { readonly answerMilliseconds?: number } = {},
  ) {
    this.#bucket = bucket;
    this.#prefix = prefix === "" ? "" : `${prefix}/`;
    this.#client = new S3Client({
      region,
      // Only Amazon has a host name for each bucket.
      ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
      maxAttempts: ATTEMPTS,
      requestHandler: {
        connectionTimeout: CONNECT_MILLISECONDS,
        requestTimeout: answerMilliseconds,
        throwOnRequestTimeout: true,
        // Each download occupies a connection while its client reads. A limit would count for all of them together.
        httpAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
        httpsAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
      },
      // A checksum of the whole object does not verify a part of it.
      responseChecksumValidation: "WHEN_REQUIRED",
    });
  }

  async open(path: AccessPath, likely: LikelyRead): Promise<OpenFile | null> {
    if (path.isPrefix || isHidden(path)) return null;
    return this.#openKey(this.#prefix + path.segments.join("/"), likely);
  }

  async checkReadiness(): Promise<void> {
    // With the call that reads files, so that the credentials need no other permission.
    const file = await this.#openKey(this.#prefix + PROBE, "everything");
    file?.close();
  }

  close(): void {
    this.#client.destroy();
  }

  async #openKey(key: string, likely: LikelyRead): Promise<OpenFile | null> {
    try {
      return likely === "nothing" ? await this.#describe(key) : await this.#fetch(key, rangeHeader(likely));
    } catch (error) {
      const fault = faultOf(error);
      if (isNothingThere(fault)) return null;
      if (error instanceof FileServiceError) throw error;
      throw unavailable(error);
    }
  }

  async #describe(key: string): Promise<OpenFile> {
    try {
      const answer = await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }));
      return this.#fileOf(key, answer, null);
    } catch (error) {
      if (!isUnexplainedRefusal(faultOf(error))) throw error;
      // An answer with a body gives the reason.
      return this.#fetch(key, undefined);
    }
  }

  async #fetch(key: string, range: string | undefined): Promise<OpenFile> {
    try {
      const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key, Range: range });
      const { Body: body, ...answer } = await this.#client.send(command);
      return this.#fileOf(key, answer, readableOf(body));
    } catch (error) {
      // The size tells which range exists instead.
      if (range !== undefined && isBeyondTheEnd(faultOf(error))) return this.#describe(key);
      throw error;
    }
  }

  #fileOf(key: string, answer: Parameters<typeof describeObject>[0], stream: Readable | null): OpenFile {
    try {
      const description = describeObject(answer);
      const { sent } = description;
      if (sent === null) stream?.destroy();
      const body = stream === null || sent === null ? null : { range: sent, stream };
      return new BucketFile(description, body, (range, entityTag) => this.#fetchRange(key, range, entityTag));
    } catch (error) {
      stream?.destroy();
      throw error;
    }
  }

  async #fetchRange(key: string, range: ByteRange, entityTag: EntityTag): Promise<Readable> {
    const request = { Bucket: this.#bucket, Key: key, Range: rangeHeader(range), IfMatch: entityTag };
    try {
      const { Body: body, ...answer } = await this.#client.send(new GetObjectCommand(request));
      const stream = readableOf(body);
      const { sent } = describeObject(answer);
      if (sent?.first === range.first && sent.last === range.last) return stream;
      stream.destroy();
      throw new FileServiceError("source_unavailable", "The bucket answered with other bytes than the requested ones.");
    } catch (error) {
      if (error instanceof FileServiceError) throw error;
      const isOther = faultOf(error).status === 412 || isNothingThere(faultOf(error));
      throw isOther ? new FileServiceError("file_changed", "An object was replaced meanwhile.") : unavailable(error);
    }
  }
}

function rangeHeader(likely: Exclude<LikelyRead, "nothing">): string | undefined {
  if (likely === "everything") return undefined;
  return "suffixLength" in likely ? `bytes=-${likely.suffixLength}` : `bytes=${likely.first}-${likely.last ?? ""}`;
}

function readableOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  throw new FileServiceError("source_unavailable", "The bucket answered with an object without a body.");
}
