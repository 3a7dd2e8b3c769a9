import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GatewayBeforePrograms } from "./support/gateway-before-programs.ts";
import { generatedRequests } from "./support/generated-targets.ts";
import { readTargets } from "./support/paths-property.ts";
import { realPrograms } from "./support/programs.ts";

/** The same requests every time: what is found once is found again. */
const SEED = 20_261_130;
const REQUESTS = 10_000;
/** So many of them mean one thing to all programs, and have to arrive: else nothing was found out. */
const ARRIVING = 1_000;

const programs = realPrograms.filter(({ isMissing }) => !isMissing);
const requests = generatedRequests(REQUESTS, SEED);

let gateway: GatewayBeforePrograms;

beforeAll(async () => {
  gateway = await GatewayBeforePrograms.start(programs);
});

afterAll(() => gateway?.dispose());

describe.each(programs)("whatever path Bob asks for, $name", (program) => {
  test("shows him nothing that is guarded, and reads what the gateway decided about", async () => {
    const bob = { port: gateway.port, host: program.host, cookie: gateway.cookie };
    const { arrived, faults } = await readTargets(bob, program, { requests, guarded: ["admin", "tasks"] });
    expect(faults).toBe("");
    expect(arrived).toBeGreaterThan(ARRIVING);
  }, 120_000);
});
