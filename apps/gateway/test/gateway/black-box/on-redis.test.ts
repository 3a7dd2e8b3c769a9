import { missingProgram, redisForTests, type ServerForTests } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe } from "vitest";
import { GatewayProcess } from "../../support/gateway-process.ts";
import { accountsSuite, sessionsSuite } from "./black-box-suite.ts";
import type { CreateGateway } from "./create-gateway.ts";

describe.skipIf(missingProgram("redis-server", "TEST_REDIS_URL"))("sessions in Redis", () => {
  let server: ServerForTests;

  beforeAll(async () => {
    server = await redisForTests();
  });

  afterAll(() => server.stop());

  const create: CreateGateway = (settings) => GatewayProcess.create({ COATCHECK_SESSIONS: server.url, ...settings });

  sessionsSuite(create);
  accountsSuite(create);
});
