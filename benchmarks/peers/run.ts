import { bare, bareOf, ours, peers } from "../applications/applications.ts";
import type { Served } from "../applications/logged-in.ts";
import { withApplications } from "../applications/with-applications.ts";
import { compare } from "../http/compare.ts";
import { type Aim, addAims, addComparison } from "../http/comparison-tables.ts";
import { stayOnClientCore } from "../http/cores.ts";
import type { Question } from "../question.ts";
import { FLASK, FLASK_LOGIN, serveFlask } from "./flask-login.ts";

const CONNECTIONS = 64;

const aims: readonly Aim[] = [
  { of: "Fastify, coatcheck, memory", to: "Fastify, fast-jwt HS256", atLeast: 1 },
  { of: "Fastify, coatcheck, near-cache", to: "Fastify, fast-jwt HS256", atLeast: 1 },
  { of: "Fastify, coatcheck, redis", to: "Fastify, fast-jwt HS256, deny-list in Redis", atLeast: 1.2 },
  { of: "Fastify, coatcheck, redis", to: "Fastify, @fastify/session, connect-redis", atLeast: 2 },
  { of: "Express, coatcheck, redis", to: "Express, express-session, connect-redis", atLeast: 1.5 },
  { of: "Fastify, coatcheck, SQLite", to: "Fastify, better-auth, SQLite", atLeast: 8 },
  { of: "Fastify, coatcheck, redis", to: "Fastify, better-auth, Redis", atLeast: 8 },
  { of: "Fastify, coatcheck, near-cache", to: "Fastify, better-auth, cookie cache", atLeast: 8 },
];

/** Shown without an aim: they have no store, or another language. */
const besides = ["Hono, coatcheck, memory"];

/** How fast are sessions of ours next to those of others, in the same framework and over the same store? */
export const runPeers: Question = async ({ pace, wants }, results) => {
  stayOnClientCore();
  const shown = [...new Set([...aims.map(({ of }) => of), ...besides])];
  const names = [...shown, ...Object.keys(peers)].filter(wants);
  const all = [...new Set([...names.map(bareOf), ...names])].filter((name) => name in { ...bare, ...ours, ...peers });
  const wanted = all.map((name) => ({ name }));
  await withApplications(wanted, async (served) => {
    const flask: Pick<Served, "contestant" | "stop">[] = [];
    try {
      if (wants(FLASK_LOGIN)) for (const name of [FLASK, FLASK_LOGIN]) flask.push(await serveFlask(name));
      const contestants = [...served, ...flask].map(({ contestant }) => contestant);
      const comparison = await compare(contestants, CONNECTIONS, pace);
      addComparison(results, comparison, bareOf);
      addAims(results, comparison, aims);
    } finally {
      await Promise.all(flask.map((each) => each.stop()));
    }
  });
};
