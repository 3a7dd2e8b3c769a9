/** For tests alone: what every store has to pass, a clock that stands still, and a client that is logged in. @module */

export { type LoggedInClient, type LoggedInClientOptions, loggedInClient } from "./logged-in-client.ts";
export { ManualClock } from "./manual-clock.ts";
export { digestNamed, sessionIdNamed, sessionRecordNamed, userKeyNamed } from "./session-record-fixture.ts";
export { type StoreContractOptions, storeContract } from "./store-contract.ts";
export type { FastCheck } from "./store-model/fast-check.ts";
export { type StoreModelTestOptions, storeModelTest } from "./store-model-test.ts";
export type { CreateStore, StoreUnderTest } from "./store-under-test.ts";
export type { TestRunner } from "./test-runner.ts";
