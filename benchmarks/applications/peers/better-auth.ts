import { join } from "node:path";
import { type BetterAuthOptions, betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { fromNodeHeaders } from "better-auth/node";
import Database from "better-sqlite3";
import Fastify from "fastify";
import { type Application, ORIGIN, SECRET } from "../application.ts";
import { type LoginRoute, listenFastify } from "../fastify.ts";
import { connectRedis } from "../stores.ts";

const COOKIE_CACHE_SECONDS = 300;

/** Sessions and users in SQLite. */
export const betterAuthOnSqlite: Application = ({ folder }) => listenWith(folder, {});

/** Sessions in Redis, as the documentation of its secondary storage shows. */
export const betterAuthOnRedis: Application = async ({ folder, redisUrl }) => {
  const redis = await connectRedis(redisUrl);
  return listenWith(folder, {
    secondaryStorage: {
      get: (key) => redis.get(key),
      set: async (key, value, ttl) => {
        await redis.set(key, value, ttl ? { expiration: { type: "EX", value: ttl } } : {});
      },
      delete: async (key) => {
        await redis.del(key);
      },
      getAndDelete: (key) => redis.getDel(key),
      increment: async (key, ttl) => {
        const value = await redis.incr(key);
        if (value === 1) await redis.expire(key, ttl);
        return value;
      },
    },
  });
};

/** A signed copy of the session in a second cookie, which is believed for five minutes. */
export const betterAuthWithCookieCache: Application = ({ folder }) =>
  listenWith(folder, { session: { cookieCache: { enabled: true, maxAge: COOKIE_CACHE_SECONDS } } });

async function listenWith(folder: string, own: BetterAuthOptions): Promise<number> {
  const database = new Database(join(folder, "better-auth.db"));
  database.pragma("journal_mode = WAL");
  const options: BetterAuthOptions = {
    database,
    secret: SECRET,
    baseURL: ORIGIN,
    // Logins are not measured: without their slow hash the benchmark starts sooner.
    emailAndPassword: { enabled: true, password: { hash: async (password) => password, verify: async () => true } },
    rateLimit: { enabled: false },
    logger: { disabled: true },
    telemetry: { enabled: false },
    ...own,
  };
  const auth = betterAuth(options);
  await (await getMigrations(options)).runMigrations();
  const app = Fastify();
  app.post<LoginRoute>("/login", async (request, reply) => {
    const { user } = request.query;
    const response = await auth.api.signUpEmail({
      body: { email: `${user}@example.com`, password: "correct horse battery", name: user },
      asResponse: true,
    });
    if (!response.ok) return reply.code(500).send(await response.text());
    return reply.header("set-cookie", response.headers.getSetCookie()).code(204).send();
  });
  app.get("/me", async (request, reply) => {
    const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
    return session === null ? reply.code(401).send() : { id: session.user.name };
  });
  return listenFastify(app);
}
