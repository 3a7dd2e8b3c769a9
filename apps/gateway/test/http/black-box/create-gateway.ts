import type { GatewayProcess } from "../../support/gateway-process.ts";

/** A gateway that was not started yet, over an empty database. */
export type CreateGateway = () => Promise<GatewayProcess>;
