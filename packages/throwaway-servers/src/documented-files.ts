import { readFileSync } from "node:fs";

/** How documents write what is the reader's to fill in. */
const PLACEHOLDERS = /\b[A-Z]+_(?:ADDRESS|FOLDER|\d)\b/g;

/** The files of a document, by the heading that names each, as they stand there in the block below it. */
export function documentedFiles(documentPath: string): Readonly<Record<string, string>> {
  const text = readFileSync(documentPath, "utf8");
  const blocks = [...text.matchAll(/^### (\S+)\n\n```\w*\n(.*?)^```$/gms)];
  return Object.fromEntries(blocks.map(([, name = "", content = ""]) => [name, content]));
}

/** The same, each named from the folder where a server has its configuration (`/etc/nginx/`). */
export function documentedConfiguration(documentPath: string, folder: string): Readonly<Record<string, string>> {
  const files = Object.entries(documentedFiles(documentPath));
  return Object.fromEntries(files.map(([name, text]) => [name.replace(folder, ""), text]));
}

/** The same with the placeholders filled in, and nothing else changed. Every one of them has to have a value. */
export function fillIn(
  files: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const filled = (name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The document wants ${name} filled in.`);
    return value;
  };
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replace(PLACEHOLDERS, filled)]));
}
