import { randomBytes } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { parseRange } from "./http/byte-ranges.ts";
import { fileResponse } from "./http/file-response.ts";
import type { UnixMilliseconds } from "./http/http-date.ts";
import { mediaTypeOf } from "./http/media-types.ts";
import { isConditional } from "./http/preconditions.ts";
import { planResponse } from "./http/response-plan.ts";
import type { Entry } from "./passes/admission.ts";
import type { PassCookie } from "./passes/pass-cookie.ts";
import { type Playlists, treatmentOf } from "./playlists/playlists.ts";
import { sendProblem } from "./problem.ts";
import { readContent } from "./read-content.ts";
import type { CutReason, Download, RunningDownloads } from "./running-downloads.ts";
import type { FileSource, LikelyRead, OpenFile } from "./sources/file-source.ts";

export interface FileDeliveryParts {
  readonly source: FileSource;
  readonly downloads: RunningDownloads;
  readonly cookie: PassCookie;
  readonly playlists: Playlists;
  /** A download ends when the client has taken no byte for so long. */
  readonly maximumStalledMilliseconds: number;
  readonly now: () => UnixMilliseconds;
}

/**
 * A browser may keep a copy, and asks before each use whether the pass still opens the file. So a logout applies to
 * copies too, at the price of a 304. Shared caches may keep nothing. The cookie only decides whether there is an
 * answer, and the browser asks each time anyway.
 */
const ASK_EACH_TIME = "private, no-cache";
const KEEP_NOTHING = "private, no-store";

/** FileDelivery sends a file that the pass of a request opens. */
export class FileDelivery {
  readonly #parts: FileDeliveryParts;

  constructor(parts: FileDeliveryParts) {
    this.#parts = parts;
  }

  async deliver(request: FastifyRequest, reply: FastifyReply, entry: Entry): Promise<FastifyReply> {
    const { downloads } = this.#parts;
    const download = this.#downloadOf(request, reply, entry);
    if (!downloads.begin(download)) return sendProblem(reply, "too_many_downloads", { "retry-after": "1" });
    const { raw: response } = reply;
    let isPreparing = true;
    response.once("close", () => {
      if (!isPreparing) downloads.end(download);
    });
    try {
      return await this.#answer(request, reply, entry);
    } finally {
      isPreparing = false;
      // The client left meanwhile. Until now the request counted as a download, because it caused work.
      if (response.closed) downloads.end(download);
    }
  }

  async #answer(request: FastifyRequest, reply: FastifyReply, entry: Entry): Promise<FastifyReply> {
    const { source, playlists, now } = this.#parts;
    const { path } = entry;
    const { headers, method } = request.raw;
    const mediaType = mediaTypeOf(path.segments.at(-1) ?? "");
    const treatment = treatmentOf(mediaType, entry);
    const likely = treatment === "none" ? likelyRead(request.raw) : playlists.isKnown(entry) ? "nothing" : "everything";
    const stored = await source.open(path, likely);
    if (stored === null) return sendProblem(reply, "not_found");
    if (!closeWhenAnswered(reply, stored)) return reply.send();

    const file = treatment === "none" ? stored : await playlists.prepare(stored, entry, treatment);
    if (file !== stored && !closeWhenAnswered(reply, file)) return reply.send();
    const plan = planResponse({ method: method ?? "GET", headers }, file, now());
    if (plan.status === 412) return sendProblem(reply, "precondition_failed");
    if (plan.status === 416) {
      return sendProblem(reply, "range_not_satisfiable", { "content-range": `bytes */${file.size}` });
    }
    const { size, entityTag, lastModified, contentEncoding } = file;
    const described = { size, entityTag, lastModified, contentEncoding, mediaType };
    const response = fileResponse(plan, described, newBoundary);
    reply.code(plan.status).headers(response.headers).header("cache-control", this.#keep(reply, entry));
    if (response.content === null || method === "HEAD") return reply.send();
    const body = await readContent(file, response.content);
    if (!Buffer.isBuffer(body)) body.on("error", (error) => this.#logFailure(request, reply, error));
    return reply.send(body);
  }

  /** A download that can be cut off, and is when it stalls: a client that does not read occupies memory and a file. */
  #downloadOf(request: FastifyRequest, { raw: response }: FastifyReply, { pass }: Entry): Download {
    const cut = (reason: CutReason) => {
      request.log.info({ event: "download_cut", path: request.resourcePath, reason });
      response.destroy();
    };
    // Node notices at the first timeout that a part of a write was taken, and counts that as progress. So a download that
    // stops in the middle of a write ends at the second timeout.
    response.setTimeout(this.#parts.maximumStalledMilliseconds, () => cut("does_not_move"));
    return { pass, cut };
  }

  /** Decides how long the answer may be kept and, if the client asked for it, sets the cookie. */
  #keep(reply: FastifyReply, { keepsCookie, token, pass }: Entry): string {
    if (!keepsCookie) return ASK_EACH_TIME;
    reply.header("set-cookie", this.#parts.cookie.write(token, pass, this.#parts.now()));
    return KEEP_NOTHING;
  }

  /** Fastify ends the connection, so the client notices. */
  #logFailure(request: FastifyRequest, reply: FastifyReply, error: Error): void {
    if (reply.raw.destroyed) return;
    request.log.error({ event: "download_failed", path: request.resourcePath, err: error }, "a download failed");
  }
}

/**
 * Closes the file when the answer ends in any way. Returns whether the client is still there: a client that left earlier
 * sends no second event.
 */
function closeWhenAnswered({ raw: response }: FastifyReply, file: OpenFile): boolean {
  if (response.destroyed) file.close();
  else response.once("close", () => file.close());
  return !response.destroyed;
}

function likelyRead({ method, headers }: FastifyRequest["raw"]): LikelyRead {
  if (method === "HEAD" || isConditional(headers) || headers["if-range"] !== undefined) return "nothing";
  const [first, ...others] = parseRange(headers.range) ?? [];
  if (first === undefined) return "everything";
  return others.length === 0 ? first : "nothing";
}

function newBoundary(): string {
  return randomBytes(18).toString("base64url");
}
