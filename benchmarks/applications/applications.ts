import type { Application } from "./application.ts";

/** Loaded when it is started: no process has another's framework in it, or another's driver. */
type LoadApplication = () => Promise<Application>;

const stores = () => import("./stores.ts");
const express = () => import("./express.ts");
const fastify = () => import("./fastify.ts");
const node = () => import("./node.ts");
const fetch = () => import("./fetch.ts");
const hono = () => import("./hono.ts");

/** Routes without a session: what everything else in the same framework is held against. */
export const bare: Readonly<Record<string, LoadApplication>> = {
  "Fastify, no session": async () => (await fastify()).bareFastify,
  "Node, no session": async () => (await node()).bareNode,
  "Hono, no session": async () => (await hono()).bareHono,
  "fetch, no session": async () => (await fetch()).bareFetch,
  "Express, no session": async () => (await express()).bareExpress,
};

export const ours: Readonly<Record<string, LoadApplication>> = {
  "Fastify, coatcheck, memory": async () => (await fastify()).fastifyWith((await stores()).memory),
  "Fastify, coatcheck, near-cache": async () => (await fastify()).fastifyWith((await stores()).nearCache),
  "Fastify, coatcheck, SQLite": async () => (await fastify()).fastifyWith((await stores()).sqlite),
  "Fastify, coatcheck, redis": async () => (await fastify()).fastifyWith((await stores()).redis),
  "Fastify, coatcheck, ioredis": async () => (await fastify()).fastifyWith((await stores()).ioredis),
  "Node, coatcheck, memory": async () => (await node()).nodeWith((await stores()).memory),
  "Node, coatcheck, near-cache": async () => (await node()).nodeWith((await stores()).nearCache),
  "Hono, coatcheck, memory": async () => (await hono()).honoWith((await stores()).memory),
  "fetch, coatcheck, memory": async () => (await fetch()).fetchWith((await stores()).memory),
  "Express, coatcheck, memory": async () => (await express()).expressWith((await stores()).memory),
  "Express, coatcheck, redis": async () => (await express()).expressWith((await stores()).redis),
};

export const peers: Readonly<Record<string, LoadApplication>> = {
  "Fastify, fast-jwt HS256": async () => (await import("./peers/fast-jwt.ts")).fastJwt,
  "Fastify, fast-jwt HS256, deny-list in Redis": async () => (await import("./peers/fast-jwt.ts")).fastJwtWithDenyList,
  "Fastify, @fastify/secure-session": async () => (await import("./peers/secure-session.ts")).secureSession,
  "Fastify, @fastify/session, connect-redis": async () =>
    (await import("./peers/fastify-session.ts")).fastifySessionOnRedis,
  "Fastify, better-auth, SQLite": async () => (await import("./peers/better-auth.ts")).betterAuthOnSqlite,
  "Fastify, better-auth, Redis": async () => (await import("./peers/better-auth.ts")).betterAuthOnRedis,
  "Fastify, better-auth, cookie cache": async () => (await import("./peers/better-auth.ts")).betterAuthWithCookieCache,
  "Express, express-session, connect-redis": async () =>
    (await import("./peers/express-session.ts")).expressSessionOnRedis,
  "Hono, iron-session": async () => (await import("./peers/iron-session.ts")).ironSession,
};

/** The bare route of the same framework. */
export function bareOf(name: string): string {
  return `${name.split(",")[0]}, no session`;
}
