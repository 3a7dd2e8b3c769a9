import path from "node:path";
import { gzipSync } from "node:zlib";
import { type OutputChunk, rolldown } from "rolldown";
import { describe, expect, test } from "vitest";

const packageFolder = path.resolve(import.meta.dirname, "..");

/** What an application that imports these pulls in: minified code, and whatever is not ours. */
async function bundle(
  subpaths: readonly string[],
): Promise<{ readonly gzippedBytes: number; readonly foreign: readonly string[] }> {
  const entry = subpaths.map((subpath) => `export * from "${subpath}";`).join("\n");
  const build = await rolldown({
    input: "entry",
    cwd: packageFolder,
    platform: "neutral",
    resolve: { conditionNames: ["coatcheck-source", "default"] },
    // Whatever a module of ours imports that is not ours stays an import, and is seen below.
    external: (id) => id !== "entry" && !/^(coatcheck|[./])/.test(id),
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? path.join(packageFolder, "entry.js") : null),
        load: (id) => (id === path.join(packageFolder, "entry.js") ? entry : null),
      },
    ],
  });
  const { output } = await build.generate({ minify: true });
  await build.close();
  const chunks = output.filter((file): file is OutputChunk => file.type === "chunk");
  const foreign = new Set(chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]));
  return { gzippedBytes: gzipSync(chunks.map(({ code }) => code).join("")).length, foreign: [...foreign].sort() };
}

const ADAPTERS = ["express", "fastify", "fetch", "hono", "node"];
const STORES = ["memory", "near-cache", "postgres", "redis", "sqlite"];
/**
 * Of the library, one adapter and one store, gzipped. An adapter brings the store in memory along, its default, and the
 * sentences that answer mistakes are about 4 kB.
 */
const MAXIMUM_BYTES = 33_500;

describe("the library with one adapter and one store", () => {
  test.each(ADAPTERS.flatMap((adapter) => STORES.map((store) => [adapter, store] as const)))(
    "%s and %s: no framework, no driver, no jose",
    async (adapter, store) => {
      const { gzippedBytes, foreign } = await bundle([
        "coatcheck",
        `coatcheck/${adapter}`,
        `coatcheck/stores/${store}`,
      ]);
      expect(foreign.filter((module) => !module.startsWith("node:"))).toEqual([]);
      expect(foreign).toContain("node:crypto");
      expect(gzippedBytes).toBeLessThan(MAXIMUM_BYTES);
    },
  );
});

test("the client is under 2 kB, and needs nothing", async () => {
  const { gzippedBytes, foreign } = await bundle(["coatcheck/client"]);
  expect(foreign).toEqual([]);
  expect(gzippedBytes).toBeLessThan(2_000);
});
