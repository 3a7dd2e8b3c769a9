import { missingProgram, TrafficServer } from "@coatcheck/throwaway-servers";
import { expect, test, vi } from "vitest";
import { withToken } from "./support/bad-requests.ts";
import { verifierContract } from "./support/verifier-contract.ts";

const CACHED = "/cached/one.wav";

verifierContract(
  {
    document: "traffic-server.md",
    configurationFolder: "/etc/trafficserver/",
    isMissing: missingProgram("traffic_server") || missingProgram("uri_signing.so"),
    // It decodes %20 before it compares.
    opensEncodedNames: false,
    start: (files) => TrafficServer.start(files),
  },
  (bench) => {
    test("one copy in its cache serves all passes, and no request without one", async () => {
      const { office, files, send } = bench();
      const [ada, grace] = [await office.passFor(CACHED), await office.passFor(CACHED)];
      const isServedFromCache = async (pass: string) => {
        const before = files.heard.length;
        expect((await send({ target: withToken(CACHED, pass) })).status).toBe(200);
        return files.heard.length === before;
      };
      await vi.waitUntil(() => isServedFromCache(ada), { timeout: 10_000 });
      expect(await isServedFromCache(grace)).toBe(true);
      expect((await send({ target: CACHED })).status).toBe(403);
      expect((await send({ target: withToken(CACHED, await office.passFor("/cached/two.wav")) })).status).toBe(403);
    });
  },
);
