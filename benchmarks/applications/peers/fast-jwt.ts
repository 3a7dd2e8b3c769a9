import { randomBytes } from "node:crypto";
import { createSigner, createVerifier } from "fast-jwt";
import Fastify from "fastify";
import type { Application } from "../application.ts";
import { type LoginRoute, listenFastify } from "../fastify.ts";
import { connectRedis } from "../stores.ts";

const ISSUER = "https://auth.example";
const AUDIENCE = "app";
/** In its favour: @fastify/cookie would cost more. */
const COOKIE = /(?:^|; )token=([^;]*)/;
const LIFETIME_MILLISECONDS = 86_400_000;

interface Claims {
  readonly sub: string;
  readonly jti: string;
}

declare module "fastify" {
  interface FastifyRequest {
    claims: Claims | null;
  }
}

/** HS256 in a cookie, which no server can end before it expires. */
export const fastJwt: Application = () => listenWith(async () => false);

/** The same with a list of those that were ended, in Redis, which is asked with each request. */
export const fastJwtWithDenyList: Application = async ({ redisUrl }) => {
  const redis = await connectRedis(redisUrl);
  return listenWith(async ({ jti }) => (await redis.exists(`denied:${jti}`)) === 1);
};

async function listenWith(isDenied: (claims: Claims) => Promise<boolean>): Promise<number> {
  const key = randomBytes(32);
  const sign = createSigner({ algorithm: "HS256", key, iss: ISSUER, aud: AUDIENCE, expiresIn: LIFETIME_MILLISECONDS });
  const verify = createVerifier({ algorithms: ["HS256"], key, allowedIss: ISSUER, allowedAud: AUDIENCE });
  const app = Fastify();
  app.decorateRequest("claims", null);
  app.post<LoginRoute>("/login", async (request, reply) => {
    const token = sign({ sub: request.query.user, jti: randomBytes(12).toString("base64url") });
    return reply.header("set-cookie", `token=${token}; Path=/; HttpOnly; SameSite=Lax`).code(204).send();
  });
  app.get(
    "/me",
    {
      preHandler: async (request, reply) => {
        try {
          request.claims = verify(COOKIE.exec(request.headers.cookie ?? "")?.[1] ?? "") as Claims;
        } catch {
          return reply.code(401).send();
        }
        return (await isDenied(request.claims)) ? reply.code(401).send() : undefined;
      },
    },
    async ({ claims }) => ({ id: claims?.sub }),
  );
  return listenFastify(app);
}
