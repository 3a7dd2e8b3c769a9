import { bare, bareOf, ours } from "../applications/applications.ts";
import { withApplications } from "../applications/with-applications.ts";
import { compare } from "../http/compare.ts";
import { type Aim, addAims, addComparison } from "../http/comparison-tables.ts";
import { stayOnClientCore } from "../http/cores.ts";
import { otherAims } from "../http/other-aims.ts";
import type { Question } from "../question.ts";

const CONNECTIONS = 64;

const SHARES: Readonly<Record<string, number>> = {
  "Fastify, coatcheck, memory": 0.85,
  "Fastify, coatcheck, near-cache": 0.85,
  "Fastify, coatcheck, SQLite": 0.7,
  "Fastify, coatcheck, redis": 0.75,
  "Fastify, coatcheck, ioredis": 0.75,
  "Node, coatcheck, memory": 0.85,
  "Node, coatcheck, near-cache": 0.85,
  "Hono, coatcheck, memory": 0.75,
  "fetch, coatcheck, memory": 0.75,
  "Express, coatcheck, memory": 0.85,
  "Express, coatcheck, redis": 0.8,
};

/** How much of a framework's own speed is left with sessions on? */
export const runFrameworks: Question = async ({ pace, wants, otherBuild }, results) => {
  stayOnClientCore();
  const wanted = Object.keys(ours).filter(wants);
  const names = [...new Set([...wanted.map(bareOf), ...Object.keys(bare).filter(wants), ...wanted])];
  const others = otherBuild === undefined ? [] : wanted.map((name) => ({ name, otherBuild }));
  await withApplications([...names.map((name) => ({ name })), ...others], async (served) => {
    const contestants = served.map(({ contestant }) => contestant);
    const comparison = await compare(contestants, CONNECTIONS, pace);
    addComparison(results, comparison, bareOf);
    const aims = Object.entries(SHARES).map(([of, atLeast]): Aim => ({ of, to: bareOf(of), atLeast }));
    addAims(results, comparison, aims);
    addAims(results, comparison, otherAims(wanted));
  });
};
