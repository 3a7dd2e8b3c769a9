import { accessSuite } from "./access.ts";
import { auditSuite } from "./audit.ts";
import { contractSuite } from "./contract.ts";
import type { CreateGateway } from "./create-gateway.ts";
import { hostileRequestSuite } from "./hostile-requests.ts";
import { throttlingSuite } from "./throttling.ts";

/** What holds wherever sessions and accounts are kept, seen over a real port. */
export function blackBoxSuite(create: CreateGateway): void {
  contractSuite(create);
  hostileRequestSuite(create);
  throttlingSuite(create);
  accessSuite(create);
  auditSuite(create);
}
