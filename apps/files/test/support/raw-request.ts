import { connect, type Socket } from "node:net";

/** Sends bytes as they are, and returns everything that comes until the server ends the connection. */
export function rawRequest(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

/** A GET of exactly this target, on a connection of its own. */
export function getTarget(url: string, target: string, headers: readonly string[] = []): Promise<string> {
  const lines = [`GET ${target} HTTP/1.1`, "Host: localhost", "Connection: close", ...headers];
  return rawRequest(url, `${lines.join("\r\n")}\r\n\r\n`);
}

/** A GET on a connection of its own, of which nothing was read yet. */
export function startRequest(url: string): Socket {
  const { hostname, port, pathname, search } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return socket;
}

/** A download that has begun, and of which nothing more is read than what has come. */
export async function startReading(url: string): Promise<Socket> {
  const socket = startRequest(url);
  await new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("readable", resolve);
  });
  return socket;
}
