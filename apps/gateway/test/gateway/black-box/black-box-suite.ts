import { accessSuite } from "./access.ts";
import { auditSuite } from "./audit.ts";
import { contractSuite } from "./contract.ts";
import type { CreateGateway } from "./create-gateway.ts";
import { hostileRequestSuite } from "./hostile-requests.ts";
import { throttlingSuite } from "./throttling.ts";

/** What holds wherever sessions are kept, seen over a real port. */
export function sessionsSuite(create: CreateGateway): void {
  contractSuite(create);
  hostileRequestSuite(create);
  accessSuite(create);
}

/** What holds wherever accounts are kept. Slow (each guess at a password costs a hash), and the same for every store. */
export function accountsSuite(create: CreateGateway): void {
  throttlingSuite(create);
  auditSuite(create);
}
