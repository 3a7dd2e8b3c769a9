import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const FILE_NAME = /^(\d{4})-[a-z-]+\.sql$/;

/**
 * The migrations of a folder as a TypeScript module that exports `constant`: what a program reads from files beside it is
 * lost when a bundler puts it into one. Other files in the folder are left out.
 *
 * @throws Error if two files have the same number, or if one is missing
 */
export async function migrationModule(folder: string, constant: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => FILE_NAME.test(name)).sort();
  const entries = await Promise.all(
    names.map(async (name, index) => {
      const version = Number(FILE_NAME.exec(name)?.[1]);
      if (version !== index + 1) throw new Error(`${folder}: ${name} should be number ${index + 1}.`);
      return `  {\n    version: ${version},\n    sql: ${templateLiteral(await readFile(join(folder, name), "utf8"))},\n  },\n`;
    }),
  );
  return [
    `// Written by \`npm run migrations\` from the files in ${folder}: change those.\n\n`,
    `export const ${constant}: readonly { readonly version: number; readonly sql: string }[] = [\n`,
    ...entries,
    "];\n",
  ].join("");
}

function templateLiteral(text: string): string {
  return `\`${text.replaceAll(/[\\`]|\$\{/g, "\\$&")}\``;
}
