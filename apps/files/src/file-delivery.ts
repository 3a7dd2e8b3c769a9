import { randomBytes } from "node:crypto";
import type { Pass } from "coatcheck/access/verifier";
import type { FastifyReply, FastifyRequest } from "fastify";
import { parseRange } from "./http/byte-ranges.ts";
import { fileResponse } from "./http/file-response.ts";
import { isPlaylist, mediaTypeOf } from "./http/media-types.ts";
import { isConditional } from "./http/preconditions.ts";
import { planResponse } from "./http/response-plan.ts";
import type { Timestamp } from "./http/timestamp.ts";
import type { Entry } from "./passes/admission.ts";
import type { PassCookie } from "./passes/pass-cookie.ts";
import { passingOn } from "./playlists/child-uri.ts";
import { rewrittenFile } from "./playlists/rewritten-file.ts";
import { sendProblem } from "./problem.ts";
import { readContent } from "./read-content.ts";
import type { RunningDownloads } from "./running-downloads.ts";
import type { FileSource, LikelyRead, OpenFile } from "./sources/file-source.ts";

export interface FileDeliveryParts {
  readonly source: FileSource;
  readonly downloads: RunningDownloads;
  readonly cookie: PassCookie;
  readonly publicUrl: string;
  readonly now: () => Timestamp;
}

/**
 * A browser may keep a copy, and asks before each use whether the pass still opens it: so a logout counts for what it
 * has, too, at the price of a 304. A shared cache may keep nothing. Nothing varies by the cookie but whether there is an
 * answer, and that is asked each time.
 */
const ASK_EACH_TIME = "private, no-cache";
const KEEP_NOTHING = "private, no-store";

/** FileDelivery sends the file that a pass was found to open. */
export class FileDelivery {
  readonly #parts: FileDeliveryParts;

  constructor(parts: FileDeliveryParts) {
    this.#parts = parts;
  }

  async deliver(request: FastifyRequest, reply: FastifyReply, entry: Entry): Promise<FastifyReply> {
    const { source, now } = this.#parts;
    const { path, pass } = entry;
    const { headers, method } = request.raw;
    const mediaType = mediaTypeOf(path.segments.at(-1) ?? "");
    // By the other carriers, what a playlist names relative to itself has the pass already.
    const isRewritten = entry.carrier === "query" && !entry.keepsCookie && isPlaylist(mediaType);
    const stored = await source.open(path, isRewritten ? "everything" : likelyRead(request.raw));
    if (stored === null) return sendProblem(reply, "not_found");
    if (!this.#holdUntilAnswered(request, reply, stored, pass)) return reply.send();

    const file = isRewritten ? await rewrittenFile(stored, passingOn(entry.token, pass, this.#placeOf(entry))) : stored;
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

  /** Says how long the answer may be kept and, if it was asked for, hands out the cookie. */
  #keep(reply: FastifyReply, { keepsCookie, token, pass }: Entry): string {
    if (!keepsCookie) return ASK_EACH_TIME;
    reply.header("set-cookie", this.#parts.cookie.write(token, pass, this.#parts.now()));
    return KEEP_NOTHING;
  }

  #placeOf({ path }: Entry): { readonly publicUrl: string; readonly path: string } {
    return { publicUrl: this.#parts.publicUrl, path: path.text };
  }

  /**
   * Whatever becomes of the answer, the file is closed with it, and its end is noted. Returns whether there is anybody
   * to answer.
   */
  #holdUntilAnswered(request: FastifyRequest, reply: FastifyReply, file: OpenFile, pass: Pass): boolean {
    const { downloads } = this.#parts;
    const { raw: response } = reply;
    // The client went while the file was being opened. There will be no second sign of it.
    if (response.destroyed) {
      file.close();
      return false;
    }
    const download = {
      pass,
      cut: (reason: string) => {
        request.log.info({ event: "download_cut", path: request.resourcePath, reason });
        response.destroy();
      },
    };
    downloads.begin(download);
    response.once("close", () => {
      file.close();
      downloads.end(download);
    });
    return true;
  }

  /** Fastify ends the connection, so that the client notices. */
  #logFailure(request: FastifyRequest, reply: FastifyReply, error: Error): void {
    if (reply.raw.destroyed) return;
    request.log.error({ event: "download_failed", path: request.resourcePath, err: error }, "a download failed");
  }
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
