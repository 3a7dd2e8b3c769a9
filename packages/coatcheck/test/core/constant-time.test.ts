import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

/** A value whose name says that it is a secret, or the digest of one, compared as texts are: up to the first difference. */
const HASTY = /\b\w*(?:[dD]igest|[sS]ecret|[mM]ac|csrfKey|[pP]roof)\b\)? ?(?:===|!==)(?! ?(?:null|undefined|"|\d))/;

test("the rule knows a hasty comparison", () => {
  expect("if (digest === record.current.digest) return").toMatch(HASTY);
  expect("if (expectedMac !== mac) return").toMatch(HASTY);
  expect("if (pending.secret === null) return").not.toMatch(HASTY);
});

test("no secret and no digest of one is compared so that the time tells how much of it was right", async () => {
  const hasty: string[] = [];
  for (const folder of ["core", "http", "identity", "keys", "passes", "signed-tokens"]) {
    const path = join(import.meta.dirname, "../../src", folder);
    for (const file of (await readdir(path, { recursive: true })).filter((name) => name.endsWith(".ts"))) {
      const lines = (await readFile(join(path, file), "utf8")).split("\n");
      for (const line of lines) if (HASTY.test(line)) hasty.push(`${folder}/${file}: ${line.trim()}`);
    }
  }
  expect(hasty).toEqual([]);
});
