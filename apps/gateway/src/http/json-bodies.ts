import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";

/** Fastify would take text/plain as well, which a page of another site may send without a preflight. */
export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    // The body was chunked, with no chunks.
    if (body === "") done(null, undefined);
    else void parseJson(request, String(body), done);
  });
}

/**
 * Removes the type of an absent body. Many clients send "application/json" with every request, and a form without
 * fields names its type too. A service still gets the header as the client sent it.
 */
export function forgetTypeOfNothing({ headers }: IncomingMessage): void {
  const { "content-length": length, "transfer-encoding": coding } = headers;
  if (coding === undefined && Number(length ?? 0) === 0) delete headers["content-type"];
}

/** For a route that ignores the body: reads and drops it, whatever it is. */
export function ignoreBody({
  headers,
  raw,
}: {
  readonly headers: IncomingMessage["headers"];
  readonly raw: IncomingMessage;
}): void {
  delete headers["content-type"];
  delete headers["content-length"];
  delete headers["transfer-encoding"];
  raw.resume();
}
