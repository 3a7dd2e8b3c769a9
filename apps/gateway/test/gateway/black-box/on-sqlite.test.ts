import { describe } from "vitest";
import { GatewayProcess } from "../../support/gateway-process.ts";
import { accountsSuite, sessionsSuite } from "./black-box-suite.ts";
import type { CreateGateway } from "./create-gateway.ts";

const create: CreateGateway = (settings) => GatewayProcess.create(settings);

describe("SQLite", () => {
  sessionsSuite(create);
  accountsSuite(create);
});
