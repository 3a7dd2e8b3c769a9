import { register } from "node:module";
import { OTHER_BUILD } from "./other-build-flags.ts";

// Loaded before a contestant by --import: `coatcheck` is then that of another checkout.
register("./other-build-hooks.js", import.meta.url, { data: process.env[OTHER_BUILD] });
