import { join, resolve } from "node:path";

const folder = resolve(import.meta.dirname, "../../../../../../docs/signed-access");

export function documentPath(document: string): string {
  return join(folder, document);
}
