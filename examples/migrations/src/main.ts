import { mkdirSync } from "node:fs";
import { startAfter as startBetterAuthAfter } from "./better-auth/after.ts";
import { startBefore as startBetterAuthBefore } from "./better-auth/before.ts";
import { startAfter as startExpressSessionAfter } from "./express-session/after.ts";
import { startBefore as startExpressSessionBefore } from "./express-session/before.ts";
import { startAfter as startJwtAfter } from "./jwt-in-local-storage/after.ts";
import { startBefore as startJwtBefore } from "./jwt-in-local-storage/before.ts";
import type { RunningApplication } from "./shared/running-application.ts";

const port = Number(process.env.PORT ?? 5000);
const folder = process.env.COATCHECK_DATA ?? ".coatcheck";
const databaseFile = `${folder}/better-auth.db`;

const applications: Readonly<Record<string, () => Promise<RunningApplication>>> = {
  "express-session before": () => startExpressSessionBefore({ port }),
  "express-session after": () => startExpressSessionAfter({ port }),
  "better-auth before": () => startBetterAuthBefore({ port, databaseFile }),
  // Over the file of the one before, which has to have run, and to have a user.
  "better-auth after": () => startBetterAuthAfter({ port, databaseFile }),
  "jwt-in-local-storage before": () => startJwtBefore({ port }),
  "jwt-in-local-storage after": () => startJwtAfter({ port }),
};

const start = applications[process.argv.slice(2).join(" ")];
if (start === undefined) {
  console.error(`Name one of: ${Object.keys(applications).join(", ")}.`);
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const { url, close } = await start();
console.log(url);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());
