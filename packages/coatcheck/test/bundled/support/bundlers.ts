import path from "node:path";
import esbuild from "esbuild";
import { rolldown } from "rolldown";
import webpack from "webpack";

/** Writes `entry` and all that it imports into one file in `folder`, and returns the file. Drivers stay outside. */
export type Bundler = (entry: string, folder: string) => Promise<string>;

/** One is compiled code, the other loads what is not installed: deployments leave both to node_modules. */
const DRIVERS = ["better-sqlite3", "pg"];

export const bundlers: Readonly<Record<string, Bundler>> = {
  "esbuild, to an ES module": (entry, folder) => withEsbuild(entry, path.join(folder, "esbuild.mjs"), "esm"),
  "esbuild, to CommonJS": (entry, folder) => withEsbuild(entry, path.join(folder, "esbuild.cjs"), "cjs"),

  async webpack(entry, folder) {
    await new Promise<void>((resolve, reject) => {
      webpack(
        {
          mode: "production",
          target: "node20",
          entry,
          externals: DRIVERS,
          externalsType: "commonjs",
          output: { path: folder, filename: "webpack.cjs" },
        },
        (error, stats) => {
          if (error === null && stats?.hasErrors() === false) resolve();
          else reject(error ?? new Error(stats?.toString("errors-only")));
        },
      );
    });
    return path.join(folder, "webpack.cjs");
  },

  async rolldown(entry, folder) {
    const build = await rolldown({ input: entry, platform: "node", external: DRIVERS });
    const file = path.join(folder, "rolldown.mjs");
    await build.write({ file, format: "esm", minify: true });
    await build.close();
    return file;
  },
};

async function withEsbuild(entry: string, outfile: string, format: "esm" | "cjs"): Promise<string> {
  const target = "node20";
  await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    platform: "node",
    target,
    format,
    outfile,
    external: DRIVERS,
    logLevel: "silent",
  });
  return outfile;
}
