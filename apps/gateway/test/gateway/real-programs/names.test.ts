import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bob, GatewayBeforePrograms } from "./support/gateway-before-programs.ts";
import { generatedNames, impossibleNames } from "./support/generated-names.ts";
import { identityIn, mistakenIn, readNames, toldNames } from "./support/names-property.ts";
import { realPrograms } from "./support/programs.ts";
import { readingIn } from "./support/reading.ts";
import { sendAll } from "./support/send-all.ts";

/** The same names every time: what is found once is found again. */
const SEED = 20_261_130;
const NAMES = 10_000;
/** So many of them are plain, and have to arrive: else nothing was found out. */
const TOLD = 1_000;

const programs = realPrograms.filter(({ isMissing }) => !isMissing);
const names = generatedNames(NAMES, SEED);

let gateway: GatewayBeforePrograms;

beforeAll(async () => {
  gateway = await GatewayBeforePrograms.start(programs);
});

afterAll(() => gateway?.dispose());

describe.each(programs)("a stranger's headers, whatever their names, at $name:", (program) => {
  const { host } = program;
  const asking = (target: string) => ({
    port: gateway.port,
    host,
    cookie: gateway.cookie,
    target,
    mayBeRefused: false,
  });
  const forged = (name: string) => `forged ${name}`;

  test("who is asking is what the gateway says, and each is told under its own name or not at all", async () => {
    let told = 0;
    const said = [gateway.bobsId, bob.email, bob.name, "", "a token"];
    for (const { names: sent, reading } of await readNames(asking("/page"), names, forged)) {
      expect(mistakenIn(program, reading)).toBe(null);
      const identity = identityIn(program, reading);
      if (identity.join("\n") !== said.join("\n")) expect({ sent, identity }).toEqual({ sent, identity: said });
      told += toldNames(reading);
    }
    expect(told).toBeGreaterThan(TOLD);
  });

  test("no identity is told where all are let in", async () => {
    const stranger = { ...asking("/public/page"), cookie: null };
    for (const { names: sent, reading } of await readNames(stranger, names, forged)) {
      const told = identityIn(program, reading);
      if (told.join("") !== "") expect({ sent, told }).toEqual({ sent, told: ["", "", "", "", ""] });
    }
  });

  test("none of them moves the path to what is guarded", async () => {
    for (const value of ["/x", "/admin/panel"]) {
      for (const { names: sent, reading } of await readNames(asking("/x/admin/panel"), names, () => value)) {
        if (reading.acted !== "other") expect.fail(`it acted on /${reading.acted}/ by one of ${sent.join(" ")}`);
        expect(reading.path).toBe("/x/admin/panel");
      }
    }
  });
});

test.skipIf(programs.length === 0)("a name that can be none is refused with its request", async () => {
  const { host } = programs[0] ?? { host: "" };
  await sendAll(
    gateway.port,
    impossibleNames(),
    (name) => `GET /page HTTP/1.1\r\nHost: ${host}\r\nCookie: ${gateway.cookie}\r\n${name}: admin\r\n\r\n`,
    (name, { status, body }) => {
      if (readingIn(body) !== null) expect.fail(`${JSON.stringify(name)} passed`);
      expect([name, status]).toEqual([name, 400]);
    },
  );
});
