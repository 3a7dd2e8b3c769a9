import { coreRules } from "./core-rules.ts";
import { gatewayRules } from "./gateway-rules.ts";
import { httpRules } from "./http-rules.ts";
import { memoryRemovalRules } from "./memory-removal-rules.ts";
import { memoryRules } from "./memory-rules.ts";
import { nearCacheRules } from "./near-cache-rules.ts";
import { postgresRules } from "./postgres-rules.ts";
import { recordCopyRules } from "./record-copy-rules.ts";
import { redisRules } from "./redis-rules.ts";
import { removalChannelRules } from "./removal-channel-rules.ts";
import { revocationMemoryRules } from "./revocation-memory-rules.ts";
import type { Rule } from "./rule.ts";
import { sqliteRemovalRules } from "./sqlite-removal-rules.ts";
import { sqliteRules } from "./sqlite-rules.ts";
import { sqliteTransactionRules } from "./sqlite-transaction-rules.ts";

/** Every rule, in the order in which the document shows them. */
export const allRules: readonly Rule[] = [
  ...coreRules,
  ...revocationMemoryRules,
  ...recordCopyRules,
  ...removalChannelRules,
  ...memoryRules,
  ...memoryRemovalRules,
  ...sqliteRules,
  ...sqliteRemovalRules,
  ...sqliteTransactionRules,
  ...redisRules,
  ...postgresRules,
  ...nearCacheRules,
  ...httpRules,
  ...gatewayRules,
];
