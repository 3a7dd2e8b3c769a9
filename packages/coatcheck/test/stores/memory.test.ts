import { MemorySessionStore } from "coatcheck/stores/memory";
import { type CreateStore, storeContract, storeModelTest } from "coatcheck/testing";
import fc from "fast-check";
import { describe, test } from "vitest";

const runner = { describe, test };

const createStore: CreateStore = async (clock) => ({
  store: new MemorySessionStore({ clock }),
  close: async () => {},
});

storeContract({ runner, createStore, clock: "given" });
storeModelTest({ runner, fc, createStore, runs: 500 });
