import type { GatewayProcess } from "../../support/gateway-process.ts";
import type { Environment } from "../../support/run-command.ts";

/** A gateway that was not started yet, over an empty database, with these settings besides. */
export type CreateGateway = (settings?: Environment) => Promise<GatewayProcess>;
