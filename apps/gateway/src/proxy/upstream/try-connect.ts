import { connect } from "node:net";

/** Resolves when an origin takes a TCP connection, which is closed again; rejects when it does not within the time. */
export function tryConnect(origin: string, timeoutMilliseconds = 5_000): Promise<void> {
  const { hostname, port, protocol } = new URL(origin);
  // An IPv6 address is in brackets.
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port) || (protocol === "https:" ? 443 : 80) });
    socket.setTimeout(timeoutMilliseconds, () => socket.destroy(new Error("It did not answer in time.")));
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}
