import { describe } from "vitest";
import { GatewayProcess } from "../../support/gateway-process.ts";
import { blackBoxSuite } from "./black-box-suite.ts";

describe("sessions in memory", () =>
  blackBoxSuite((settings) => GatewayProcess.create({ COATCHECK_SESSIONS: "memory:", ...settings })));
