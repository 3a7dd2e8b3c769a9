import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { documentedFiles } from "@coatcheck/throwaway-servers";
import { documentPath } from "./document-path.ts";

/** Makes PEM files in a folder as an operator does: by the documented command, from a key set that is served. */
export async function writeKeyFiles(keySet: unknown, folder: string): Promise<readonly string[]> {
  const script = join(folder, "pass-keys.mjs");
  writeFileSync(script, documentedFiles(documentPath("README.md"))["pass-keys.mjs"] ?? "");
  const issuer = createServer((_request, response) => response.end(JSON.stringify(keySet))).listen(0, "127.0.0.1");
  await once(issuer, "listening");
  try {
    const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/auth/access/jwks.json`;
    const { stdout } = await promisify(execFile)(process.execPath, [script, url, folder]);
    return stdout.trim().split("\n");
  } finally {
    issuer.close();
  }
}
