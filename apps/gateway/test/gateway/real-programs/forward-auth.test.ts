import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type AskingProxy,
  caddy,
  haproxy,
  nginx,
  type RunningProxy,
  startAsDocumented,
} from "../forward-auth/support/asking-proxies.ts";
import { ada, GatewayForProxies } from "../forward-auth/support/gateway-for-proxies.ts";
import { HOST } from "../forward-auth/support/visitor.ts";
import { generatedNames } from "./support/generated-names.ts";
import { generatedRequests } from "./support/generated-targets.ts";
import { type LoggedIn, logIn } from "./support/log-in.ts";
import { identityIn, mistakenIn, readNames } from "./support/names-property.ts";
import type { RunningService } from "./support/node-services.ts";
import { readTargets } from "./support/paths-property.ts";
import { realPrograms } from "./support/programs.ts";

/** The same every time: what is found once is found again. */
const SEED = 20_261_201;
const COUNT = 10_000;
/** So many have to arrive: else nothing was found out. */
const ARRIVING = { names: 7_000, requests: 1_000 };

const proxies: readonly AskingProxy[] = [nginx, caddy, haproxy].filter(({ isMissing }) => !isMissing);
const names = generatedNames(COUNT, SEED);
const requests = generatedRequests(COUNT, SEED);
/** Those that take the most for an identity, for their own path, and for the same path. */
const [script, flask, express] = ["lighttpd.example", "gunicorn.example", "express5.example"].map((host) =>
  realPrograms.find((program) => program.host === host && !program.isMissing),
);
const programs = [script, flask, express].filter((program) => program !== undefined);

let gateway: GatewayForProxies;

beforeAll(async () => {
  gateway = await GatewayForProxies.create({ COATCHECK_LOG_LEVEL: "error" });
});

afterAll(() => gateway?.dispose());

describe.each(proxies)("docs/forward-auth/$document, as it stands there,", (documented) => {
  describe.each(programs)("before $name:", (program) => {
    let service: RunningService;
    let proxy: RunningProxy;
    let user: LoggedIn;

    beforeAll(async () => {
      service = await program.start();
      proxy = await startAsDocumented(documented, { gateway: gateway.address, app: `127.0.0.1:${service.port}` });
      user = await logIn({ port: proxy.port, host: HOST }, ada);
    });

    afterAll(async () => {
      await proxy?.stop();
      await service?.stop();
    });

    const asking = (target: string) => ({
      port: proxy.port,
      host: HOST,
      cookie: user.cookie,
      target,
      mayBeRefused: true,
    });

    test("who is asking is what the gateway says, whatever the names of a user's headers", async () => {
      let arrived = 0;
      const said = [user.userId, ada.email, "Ada", "", "a token"];
      for (const { names: sent, reading } of await readNames(asking("/page"), names, (name) => `forged ${name}`)) {
        expect(mistakenIn(program, reading)).toBe(null);
        const told = identityIn(program, reading);
        if (told.join("\n") !== said.join("\n")) expect({ sent, told }).toEqual({ sent, told: said });
        arrived += sent.length;
      }
      expect(arrived).toBeGreaterThan(ARRIVING.names);
    });

    test("no name moves the path to what is guarded", async () => {
      for (const value of ["/x", "/admin/panel"]) {
        for (const { names: sent, reading } of await readNames(asking("/x/admin/panel"), names, () => value)) {
          if (reading.acted === "admin") expect.fail(`it acted on /admin/ by one of ${sent.join(" ")}`);
          expect(reading.path).toBe("/x/admin/panel");
        }
      }
    });

    if (program !== express) return;
    test("whatever path is asked for, nothing is shown that is guarded, and what is read was decided about", async () => {
      const at = { port: proxy.port, host: HOST, cookie: user.cookie };
      const { arrived, faults } = await readTargets(at, program, { requests, guarded: ["admin"] });
      expect(faults).toBe("");
      expect(arrived).toBeGreaterThan(ARRIVING.requests);
    }, 120_000);
  });
});
