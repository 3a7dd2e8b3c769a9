import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** The part of the outside that an application needs. */
export interface Surroundings {
  readonly redisUrl: string;
  /** An empty folder for its files, removed afterwards. */
  readonly folder: string;
}

/** Listens on a free port, which it returns. `POST /login?user=` logs in, and `GET /me` answers `{"id":"…"}`. */
export type Application = (surroundings: Surroundings) => Promise<number>;

/** As the applications are configured, wherever they listen. */
export const ORIGIN = "http://localhost:3000";
export const SECRET = "a secret of thirty-two bytes or more";
export const HOUR_MILLISECONDS = 3_600_000;

/** What routes without a session answer. */
export const SOMEBODY = { id: "somebody" };

export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
