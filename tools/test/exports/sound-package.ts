/** A condition set as the library's package.json has it. */
export function entry(path: string): Readonly<Record<string, string>> {
  return { "coatcheck-source": `./src/${path}.ts`, types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` };
}

export const sourceMap = JSON.stringify({ version: 3, sources: ["../src/index.ts"], mappings: "" });

const manifest = {
  name: "sound",
  version: "1.0.0",
  license: "MIT",
  type: "module",
  files: ["dist", "src", "migrations", "!dist/**/*.tsbuildinfo"],
  exports: { ".": entry("index"), "./stores/memory": entry("stores/memory"), "./package.json": "./package.json" },
};

/** The package.json of the sound package, but for its exports. */
export function manifestWith(exports: Readonly<Record<string, unknown>>): { readonly "package.json": string } {
  return { "package.json": JSON.stringify({ ...manifest, exports: { ...manifest.exports, ...exports } }) };
}

/** The smallest built package that has nothing wrong with it, and the snapshot of its names. */
export const soundPackage = {
  "package.json": JSON.stringify(manifest),
  LICENSE: "Free.\n",
  "README.md": "# Sound\n",
  "migrations/0001.sql": "SELECT 1;\n",
  "src/index.ts": "export const one = 1;\nexport interface Two {}\n",
  "dist/index.d.ts": "export declare const one = 1;\nexport interface Two {\n}\n",
  "dist/index.js": "export const one = 1;\n",
  "dist/index.js.map": sourceMap,
  "src/stores/memory.ts": "export class Store {}\n",
  "dist/stores/memory.d.ts": "export declare class Store {\n}\n",
  "dist/stores/memory.js": "export class Store {\n}\n",
  "snapshot.json": JSON.stringify({ sound: { Two: "type", one: "value" }, "sound/stores/memory": { Store: "value" } }),
} as const satisfies Readonly<Record<string, string>>;
