import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a file service hears: the request line's method and target, to the letter. */
export interface FileService {
  readonly address: string;
  readonly heard: readonly string[];
  stop(): Promise<void>;
}

/** Has every file, and asks for no pass: a request that reaches it was let through. Those below /cached/ may be kept. */
export async function startFileService(): Promise<FileService> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.setHeader("cache-control", request.url?.startsWith("/cached/") ? "public, max-age=600" : "no-store");
    response.end("the file");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    heard,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
