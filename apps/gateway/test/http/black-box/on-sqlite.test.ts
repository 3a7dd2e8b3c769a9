import { describe } from "vitest";
import { GatewayProcess } from "../../support/gateway-process.ts";
import { blackBoxSuite } from "./black-box-suite.ts";

describe("SQLite", () => blackBoxSuite((settings) => GatewayProcess.create(settings)));
