// Loaded before a gateway: when it ends, it writes down which packages it loaded that are CommonJS, as all drivers are.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

process.on("exit", () => {
  const files = Object.keys(createRequire(import.meta.url).cache);
  const names = files.map((file) => file.split("/node_modules/").at(-1)?.split("/")[0]);
  writeFileSync(process.env.LOADED_PACKAGES_FILE, JSON.stringify([...new Set(names)]));
});
