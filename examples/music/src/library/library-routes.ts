import type { FastifyInstance } from "fastify";
import { songs } from "../songs/songs.ts";
import { arrivedHeaders } from "./arrived-headers.ts";

/** What the library tells, to callers who are known by now. */
export function addLibraryRoutes(app: FastifyInstance): void {
  app.get("/api/library/songs", async (_request, reply) => {
    return reply.header("cache-control", "private, no-cache").send({ songs });
  });

  app.get("/api/library/whoami", async (request, reply) => {
    const token = request.headers.authorization?.split(" ").at(-1) ?? "";
    const { identity, raw } = request;
    const answer = { identity, claims: claimsOf(token), headers: arrivedHeaders(raw.rawHeaders, token) };
    return reply.header("cache-control", "private, no-store").send(answer);
  });
}

/** What a verified token says. Without its signature it opens nothing. */
function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}
