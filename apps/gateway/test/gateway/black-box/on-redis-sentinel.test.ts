import { missingProgram, redisSentinelsForTests, type ServerForTests } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe } from "vitest";
import { GatewayProcess } from "../../support/gateway-process.ts";
import { sessionsSuite } from "./black-box-suite.ts";

describe.skipIf(missingProgram("redis-server", "TEST_REDIS_SENTINEL_URL"))("sessions in Redis behind Sentinel", () => {
  let server: ServerForTests;

  beforeAll(async () => {
    server = await redisSentinelsForTests();
  });

  afterAll(() => server.stop());

  sessionsSuite((settings) => GatewayProcess.create({ COATCHECK_SESSIONS: server.url, ...settings }));
});
