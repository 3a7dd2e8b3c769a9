import { missingProgram, redisClusterForTests, type ServerForTests } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe } from "vitest";
import { GatewayProcess } from "../../support/gateway-process.ts";
import { sessionsSuite } from "./black-box-suite.ts";

describe.skipIf(missingProgram("redis-server", "TEST_REDIS_CLUSTER_URL"))("sessions in Redis Cluster", () => {
  let server: ServerForTests;

  beforeAll(async () => {
    server = await redisClusterForTests();
  });

  afterAll(() => server.stop());

  sessionsSuite((settings) => GatewayProcess.create({ COATCHECK_SESSIONS: server.url, ...settings }));
});
