import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { freePort } from "@coatcheck/throwaway-servers";
import { type AwsCredentials, isSignedBy } from "./aws-signature.ts";

export interface StoredObject {
  readonly content: Buffer;
  readonly entityTag: string;
  readonly lastModified: Date;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a bucket may behave that is not well, or not Amazon's. */
export type S3Trouble =
  | "slow_down"
  | "may_not_list"
  | "archived"
  | "no_bucket"
  | "silent"
  | "cut_off"
  | "no_ranges"
  | "no_tags";

/** A small server of the S3 protocol: what a client of GetObject and HeadObject sees, signatures checked. */
export class S3Server {
  readonly endpoint: string;
  readonly bucket = "songs-of-tests";
  readonly credentials: AwsCredentials = { accessKeyId: "AKIATESTS", secretAccessKey: "the secret of the tests" };
  readonly objects = new Map<string, StoredObject>();
  /** What was asked: method, key, and Range if there was one. */
  readonly requests: string[] = [];
  trouble: S3Trouble | null = null;
  readonly #server: Server;

  static async start(): Promise<S3Server> {
    const port = await freePort();
    const server = new S3Server(`http://localhost:${port}`);
    await new Promise<void>((resolve) => server.#server.listen(port, "localhost", resolve));
    return server;
  }

  private constructor(endpoint: string) {
    this.endpoint = endpoint;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  put(key: string, content: string | Buffer, more: Partial<StoredObject> = {}): void {
    const entityTag = `"${createHash("md5").update(content).digest("hex")}"`;
    this.objects.set(key, { content: Buffer.from(content), entityTag, lastModified: new Date(), ...more });
  }

  async connections(): Promise<number> {
    return new Promise((resolve) => this.#server.getConnections((_, count) => resolve(count)));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): ServerResponse | undefined {
    const [, bucket, ...names] = (request.url ?? "").split("?")[0]?.split("/") ?? [];
    const key = names.map(decodeURIComponent).join("/");
    const { range } = request.headers;
    this.requests.push([request.method, key, range].filter((part) => part !== undefined).join(" "));
    const refuse = (status: number, code: string): undefined => {
      response.writeHead(status, { "content-type": "application/xml" });
      // As with S3, there is no room for a reason in the answer to HEAD.
      response.end(request.method === "HEAD" ? "" : `<Error><Code>${code}</Code><Message>No.</Message></Error>`);
    };
    if (this.trouble === "silent") return undefined;
    if (!isSignedBy(this.credentials, request)) return refuse(403, "SignatureDoesNotMatch");
    if (this.trouble === "slow_down") return refuse(503, "SlowDown");
    if (bucket !== this.bucket || this.trouble === "no_bucket") return refuse(404, "NoSuchBucket");
    const object = this.objects.get(key);
    if (object === undefined) {
      return this.trouble === "may_not_list" ? refuse(403, "AccessDenied") : refuse(404, "NoSuchKey");
    }
    if (this.trouble === "archived") return refuse(403, "InvalidObjectState");
    const { content, entityTag: tag } = object;
    const match = request.headers["if-match"];
    if (match !== undefined && match !== tag) return refuse(412, "PreconditionFailed");

    const [first, last] = this.trouble === "no_ranges" ? [null, null] : rangeOf(range, content.length);
    if (first !== null && first >= content.length) return refuse(416, "InvalidRange");
    const isPart = first !== null && last !== null;
    const body = isPart ? content.subarray(first, last + 1) : content;
    response.writeHead(isPart ? 206 : 200, {
      ...(this.trouble === "no_tags" ? {} : { etag: tag }),
      "content-length": body.length,
      "content-type": "text/html",
      "last-modified": object.lastModified.toUTCString(),
      ...(isPart ? { "content-range": `bytes ${first}-${last}/${content.length}` } : {}),
      ...object.headers,
    });
    if (request.method === "HEAD") return response.end();
    if (this.trouble !== "cut_off") return response.end(body);
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
    return response;
  }
}

function rangeOf(header: string | undefined, size: number): readonly [number | null, number | null] {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined) return [null, null];
  // The last bytes of nothing are beyond the end, as far as S3 is concerned.
  if (from === "") return size === 0 ? [0, 0] : [Math.max(0, size - Number(to)), size - 1];
  return [Number(from), to === "" ? size - 1 : Math.min(Number(to), size - 1)];
}
