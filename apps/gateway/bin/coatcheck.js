#!/usr/bin/env node
// Committed, because npm links a command only if its file is there at install, which is before the build.
import { existsSync } from "node:fs";

const main = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write("coatcheck: not built yet. Run: npm run build\n");
  process.exitCode = 1;
}
