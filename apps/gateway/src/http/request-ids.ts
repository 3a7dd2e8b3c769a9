import { randomBytes } from "node:crypto";

/** Names requests, differently on every node and after every start: the log and the audit log outlive both. */
export function requestIds(): () => string {
  const prefix = randomBytes(6).toString("base64url");
  let count = 0;
  return () => `${prefix}.${(++count).toString(36)}`;
}
