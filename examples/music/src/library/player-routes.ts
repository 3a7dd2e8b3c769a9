import type { FastifyInstance, FastifyReply } from "fastify";
import { songs } from "../songs/songs.ts";
import { coverArt } from "./cover-art.ts";
import type { PlayerFile } from "./player-files.ts";
import { sendProblem } from "./problem.ts";

export interface PlayerRoutesOptions {
  readonly files: ReadonlyMap<string, PlayerFile>;
  /** Where songs come from: the only other origin that the page may use, and only to play. */
  readonly filesOrigin: string;
}

/** The page where the songs are played. Like everything here it is for known callers only. */
export function addPlayerRoutes(app: FastifyInstance, { files, filesOrigin }: PlayerRoutesOptions): void {
  const headers = securityHeaders(filesOrigin);

  app.get("/music", async (_request, reply) => reply.redirect("/music/"));
  app.get("/music/", async (_request, reply) => sendFile(reply, files.get("index.html")));
  app.get<{ Params: { readonly id: string } }>("/music/covers/:id.svg", async (request, reply) => {
    const song = songs.find(({ id }) => id === request.params.id);
    if (song === undefined) return sendProblem(reply, "not_found");
    return sendFile(reply, { body: Buffer.from(coverArt(song.id)), contentType: "image/svg+xml" });
  });
  app.get<{ Params: { readonly name: string } }>("/music/:name", async (request, reply) => {
    return sendFile(reply, files.get(request.params.name));
  });

  function sendFile(reply: FastifyReply, file: PlayerFile | undefined): FastifyReply {
    if (file === undefined) return sendProblem(reply, "not_found");
    return reply.headers(headers).header("cache-control", "private, no-cache").type(file.contentType).send(file.body);
  }
}

/** No inline script runs, injected or not, and requests go to this origin alone, but for a song. */
function securityHeaders(filesOrigin: string): Readonly<Record<string, string>> {
  return {
    "content-security-policy": [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      `media-src ${filesOrigin}`,
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join("; "),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
  };
}
