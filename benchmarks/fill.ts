import { SessionManager } from "coatcheck";
import type { Device, SessionStore } from "coatcheck/store";
import { inLanes } from "./lanes.ts";

/** Logins under way at a time while filling. */
const LANES = 256;

const FIREFOX: Device = {
  label: "Firefox on Linux",
  userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  ip: "192.0.2.7",
};

export interface FillOptions {
  /** By the number of the session; one for all by default. */
  readonly device?: (index: number) => Device;
  /** By the number of the session; a short one of its own for each by default. */
  readonly userId?: (index: number) => string;
}

/** Logs in so many users, one session each, and returns their tokens. */
export async function fill(store: SessionStore, count: number, options: FillOptions = {}): Promise<readonly string[]> {
  const { device = () => FIREFOX, userId = (index) => `user-${index}` } = options;
  const sessions = new SessionManager({ store });
  const tokens: string[] = [];
  await inLanes(count, LANES, async (index) => {
    const result = await sessions.login(await sessions.begin(userId(index)), { device: device(index) });
    if (result.outcome !== "logged_in") throw new Error(`Filling the store failed: ${result.outcome}.`);
    tokens.push(result.token);
  });
  return tokens;
}
