import { describe, expect, onTestFinished, test, vi } from "vitest";
import { missingProgram } from "../src/missing-program.ts";
import { programPath } from "../src/programs.ts";

/** A machine on which nothing is installed. */
function withoutPrograms(variables: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries({ PATH: "", CI: "", ...variables })) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

function standardError() {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  onTestFinished(() => write.mockRestore());
  return write;
}

describe("a program that is not installed", () => {
  test("has its tests skipped, and says so with the package that has it", () => {
    withoutPrograms();
    const written = standardError();
    expect(missingProgram("redis-server")).toBe(true);
    expect(written.mock.calls.join()).toContain(
      "SKIPPED: redis-server is not installed. Install it with: apt-get install redis-server",
    );
  });

  test("fails them in CI", () => {
    withoutPrograms({ CI: "true" });
    expect(() => missingProgram("redis-server")).toThrow("apt-get install redis-server");
  });

  test("is not missed where the environment names a server", () => {
    withoutPrograms({ CI: "true", TEST_REDIS_URL: "redis://127.0.0.1:6379" });
    expect(missingProgram("redis-server", "TEST_REDIS_URL")).toBe(false);
  });

  test("cannot be run", () => {
    withoutPrograms();
    expect(() => programPath("redis-cli")).toThrow(
      "redis-cli is not installed. Install it with: apt-get install redis-tools",
    );
  });
});
