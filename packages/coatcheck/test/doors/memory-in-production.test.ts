import { afterEach, beforeEach, expect, test, vi } from "vitest";

const parts = { origin: "https://app.example", findUser: () => null };
const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});

// Each test is a process of its own, as far as the library can tell.
beforeEach(() => {
  vi.resetModules();
  warn.mockClear();
});
afterEach(() => vi.unstubAllEnvs());

async function open(options: object): Promise<void> {
  const { coatcheck } = await import("../../src/adapters/express.ts");
  await coatcheck({ ...parts, ...options }).close();
}

test("sessions in memory, in production, are one warning that says what that means and what to write", async () => {
  vi.stubEnv("NODE_ENV", "production");
  await open({});
  await open({});
  expect(warn.mock.calls).toEqual([
    [
      expect.stringMatching(/a restart ends them, and no other process knows them\. .*coatcheck\(\{ store: /),
      { type: "CoatcheckWarning", code: "COATCHECK_MEMORY_STORE" },
    ],
  ]);
});

test("a store that was named is no warning, and nor is anything elsewhere", async () => {
  const { MemorySessionStore } = await import("../../src/stores/memory.ts");
  vi.stubEnv("NODE_ENV", "production");
  await open({ store: new MemorySessionStore() });
  for (const environment of ["development", "test", ""]) {
    vi.stubEnv("NODE_ENV", environment);
    await open({});
  }
  expect(warn).not.toHaveBeenCalled();
});
