import { missingProgram, type PostgresForTests, postgresForTests } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe } from "vitest";
import { GatewayProcess } from "../../support/gateway-process.ts";
import { blackBoxSuite } from "./black-box-suite.ts";

describe.skipIf(missingProgram("postgres", "TEST_POSTGRES_URL"))("accounts and sessions in Postgres", () => {
  let server: PostgresForTests;

  beforeAll(async () => {
    server = await postgresForTests();
  });

  afterAll(() => server.stop());

  blackBoxSuite(async (settings) =>
    GatewayProcess.create({ COATCHECK_DATABASE: await server.createDatabase(), ...settings }),
  );
});
