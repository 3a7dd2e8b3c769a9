import { describe } from "vitest";
import { GatewayProcess } from "../../support/gateway-process.ts";
import { sessionsSuite } from "./black-box-suite.ts";

describe("sessions in memory", () =>
  sessionsSuite((settings) => GatewayProcess.create({ COATCHECK_SESSIONS: "memory:", ...settings })));
