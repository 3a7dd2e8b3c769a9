import { expect, test } from "vitest";
import { importsOf, type ModuleImport } from "../../source/module-imports.ts";
import { parseSource } from "../../source/parsed-source.ts";

function importsIn(text: string): readonly ModuleImport[] {
  return importsOf(parseSource({ path: "file.ts", text }));
}

const forms = [
  { name: "a default import", source: `import fastify from "fastify";`, found: ["fastify"] },
  {
    name: "named imports over several lines",
    source: `import {\n  one,\n  two as three,\n} from "names";`,
    found: ["names"],
  },
  { name: "a namespace import", source: `import * as everything from 'all';`, found: ["all"] },
  { name: "a default beside named imports", source: `import first, { second } from "both";`, found: ["both"] },
  { name: "an import for its effect", source: `import "./effect.ts";`, found: ["./effect.ts"] },
  {
    name: "an import with attributes",
    source: `import data from "./data.json" with { type: "json" };`,
    found: ["./data.json"],
  },
  { name: "an import type", source: `import type { Client } from "driver";`, found: ["type driver"] },
  {
    name: "an inline type, which still loads the module",
    source: `import { type Client } from "driver";`,
    found: ["driver"],
  },
  { name: "a default import that is called type", source: `import type from "type-name";`, found: ["type-name"] },
  { name: "a type that is called from", source: `import type from from "type-name";`, found: ["type type-name"] },
  { name: "a default called type beside others", source: `import type, { a } from "type-name";`, found: ["type-name"] },
  { name: "a re-export", source: `export { one, type Two } from "./names.ts";`, found: ["export ./names.ts"] },
  { name: "a re-export of types", source: `export type { One } from "./names.ts";`, found: ["type export ./names.ts"] },
  { name: "a re-export of everything", source: `export * as all from "./names.ts";`, found: ["export ./names.ts"] },
  { name: "a dynamic import", source: `const module = await import("./late.ts");`, found: ["./late.ts"] },
  {
    name: "an import after a brace in a substitution",
    source: `\`\${f({ a: 1 }, import("./late.ts"))}\`;`,
    found: ["./late.ts"],
  },
  { name: "an import after a local export", source: `export { one }\nimport { two } from "b"`, found: ["b"] },
  {
    name: "an import after an assignment",
    source: `import old = require("a");\nimport { two } from "b";`,
    found: ["a", "b"],
  },
  { name: "a dynamic import of a plain template", source: "await import(`./late.ts`);", found: ["./late.ts"] },
  {
    name: "an import in a substitution",
    source: `const text = \`\${(await import("./late.ts")).text} }\`;`,
    found: ["./late.ts"],
  },
  { name: "an import type expression", source: `let client: import("driver").Client;`, found: ["type driver"] },
  { name: "a dynamic import of a computed name", source: `await import(\`./\${name}.ts\`);`, found: ["(computed)"] },
  {
    name: "a worker by its address",
    source: `new Worker(new URL("./worker.ts", import.meta.url));`,
    found: ["./worker.ts"],
  },
  {
    name: "an import after a slash that divides",
    source: `const half = total / 2; import("./a/b.ts");`,
    found: ["./a/b.ts"],
  },
  {
    name: "an import after an expression with quotes",
    source: `const quote = /["'\`/*]/; import("./late.ts");`,
    found: ["./late.ts"],
  },
] as const;

test.each(forms)("finds $name", ({ source, found }) => {
  const described = importsIn(source).map(
    ({ specifier, typeOnly, reExport }) =>
      `${typeOnly ? "type " : ""}${reExport ? "export " : ""}${specifier ?? "(computed)"}`,
  );
  expect(described).toEqual(found);
});

const lookalikes = [
  { name: "a line comment", source: `// import fastify from "fastify";` },
  { name: "a block comment", source: `/* import "a";\n import "b"; */` },
  { name: "a comment that a string seems to begin", source: `// it's\n/* import "a" */` },
  { name: "a string", source: `const text = 'import x from "y"';` },
  { name: "a string with an escaped quote", source: `const text = "\\" import x from 'y'";` },
  { name: "a template", source: `const text = \`import x from "y"; \${1 + 1} import("z")\`;` },
  {
    name: "a template within a template",
    source: `const text = \`\${[\`import "a"\`].map((x) => \`\${x}\`)} import 'b'\`;`,
  },
  { name: "a regular expression", source: `const pattern = /import "a"/;` },
  { name: "a regular expression with a slash in a class", source: `const pattern = [/[/]import "a"/];` },
  { name: "a method called import", source: `loader.import("a");` },
  { name: "a property called import", source: `const options = { import: "a", export: { from: "b" } };` },
  { name: "import.meta", source: `const here = import.meta.url;` },
  { name: "a local export", source: `export { one };\nconst from = "a";` },
  { name: "a folder by its address", source: `new URL("../migrations/", import.meta.url);` },
] as const;

test.each(lookalikes)("finds nothing in $name", ({ source }) => {
  expect(importsIn(source)).toEqual([]);
});

test("names the line on which an import begins", () => {
  const source = '#!/usr/bin/env node\n/* two\nlines */\nconst text = `\n\n`;\nimport {\n  one,\n} from "a";\n';
  expect(importsIn(source).map(({ line }) => line)).toEqual([7]);
});
