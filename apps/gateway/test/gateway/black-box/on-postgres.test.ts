import { missingProgram, type PostgresForTests, postgresForTests } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe } from "vitest";
import { GatewayProcess } from "../../support/gateway-process.ts";
import { accountsSuite, sessionsSuite } from "./black-box-suite.ts";
import type { CreateGateway } from "./create-gateway.ts";

describe.skipIf(missingProgram("postgres", "TEST_POSTGRES_URL"))("accounts and sessions in Postgres", () => {
  let server: PostgresForTests;

  beforeAll(async () => {
    server = await postgresForTests();
  });

  afterAll(() => server.stop());

  const create: CreateGateway = async (settings) =>
    GatewayProcess.create({ COATCHECK_DATABASE: await server.createDatabase(), ...settings });

  sessionsSuite(create);
  accountsSuite(create);
});
