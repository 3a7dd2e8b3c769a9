import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { SimulatedClient } from "./simulation/simulated-client.ts";
import { DAY, DAYS, type Kind, kinds } from "./simulation/simulated-kinds.ts";
import { SimulatedSite } from "./simulation/simulated-site.ts";
import { SimulatedTime, seededRandom } from "./simulation/simulated-time.ts";

const TABLE = fileURLToPath(new URL("../../../../docs/rotation-simulation.md", import.meta.url));

interface Outcome {
  readonly kind: Kind;
  readonly rotated: number;
  readonly suspended: number;
  readonly reused: number;
  readonly owners: readonly SimulatedClient[];
  readonly thieves: readonly SimulatedClient[];
}

async function play(kind: Kind, seed: number): Promise<Outcome> {
  const time = new SimulatedTime();
  const site = new SimulatedSite(time);
  const random = seededRandom(seed);
  const played: ReturnType<Kind["begin"]>[] = [];
  for (let index = 0; index < kind.sessions; index++) {
    played.push(kind.begin({ site, time, random }, await site.logIn(`user-${index}`)));
  }
  await time.runUntil((DAYS + 1) * DAY);
  return {
    kind,
    rotated: site.rotated.size,
    suspended: site.suspended.size,
    reused: site.reused.size,
    owners: played.map(({ owner }) => owner),
    thieves: played.flatMap(({ thief }) => (thief === undefined ? [] : [thief])),
  };
}

const outcomes: Outcome[] = [];

describe(`in ${DAYS} days`, () => {
  test.each(kinds)("$sessions sessions of $name", async (kind) => {
    const outcome = await play(kind, 4_711 + outcomes.length);
    outcomes.push(outcome);
    const wronged = outcome.owners.filter(({ signedOutAt }) => signedOutAt !== null);
    if (kind.mustStay) expect(wronged).toHaveLength(0);
    if (kind.isOrdinary) expect(outcome.rotated).toBe(kind.sessions);
  });

  test("10,000 sessions come to what the documents say", async () => {
    expect(outcomes.reduce((sum, { kind }) => sum + kind.sessions, 0)).toBe(10_000);
    await expect(pageOf(outcomes)).toMatchFileSnapshot(TABLE);
  });
});

function pageOf(played: readonly Outcome[]): string {
  const rows = played.map((outcome) => {
    const { kind, rotated, suspended, owners, thieves } = outcome;
    const cells = [kind.name, kind.sessions, rotated, suspended, signedOut(owners), signedOut(thieves)];
    return `| ${cells.join(" | ")} |`;
  });
  return `# Who is signed out by the rotation, and when

A simulation of ${DAYS} days and 10,000 remembered sessions, through the real session managers and guards of two nodes over the
memory store. The clock is moved by hand, and the numbers are the same in each run. The page is written by
\`packages/coatcheck/test/http/rotation-simulation.test.ts\`; \`npx vitest run rotation-simulation -u\` writes it anew. The
rules are in [decision 0028](decisions/0028-rotation-needs-a-client-that-keeps-cookies.md).

| who has the cookie | sessions | were sent a new secret | rotation suspended | owners signed out (median day) | thieves shut out (median day) |
|---|---:|---:|---:|---:|---:|
${rows.join("\n")}
`;
}

function signedOut(clients: readonly SimulatedClient[]): string {
  if (clients.length === 0) return "";
  const days = clients.flatMap(({ signedOutAt }) => (signedOutAt === null ? [] : [signedOutAt / DAY]));
  if (days.length === 0) return "0";
  const median = days.sort((first, second) => first - second)[days.length >> 1] ?? 0;
  return `${days.length} (${median.toFixed(1)})`;
}
