import { execFileSync } from "node:child_process";
import type { Client } from "./load.ts";
import { OwnClient } from "./own-client.ts";
import { WrkClient } from "./wrk-client.ts";

/** wrk where it is installed, which costs a third of what Node needs for a request; else a client of ours. */
export async function startClient(): Promise<Client> {
  return hasWrk() ? new WrkClient() : OwnClient.start();
}

function hasWrk(): boolean {
  try {
    // It prints its version and ends with 1.
    execFileSync("wrk", ["--version"], { stdio: "ignore" });
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ENOENT");
  }
}
