import { createCipheriv } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What a client wanted of which host. */
export interface RecordedRequest {
  readonly host: string;
  /** Path and query as they came; null of a tunnel, of which no more is seen. */
  readonly target: string | null;
  /** Everything that was said of it, headers included. */
  readonly text: string;
}

/** RecordingProxy is where a client that is told of it sends every request to, whatever the host. It lets nothing out. */
export class RecordingProxy {
  readonly requests: RecordedRequest[] = [];
  readonly #server: Server;

  /** `answers` are by path; anything else is answered with `segment`, and any `encrypted.ts` with that, encrypted. */
  static async start(segment: Buffer, answers: ReadonlyMap<string, Buffer>): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(segment, answers);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  private constructor(segment: Buffer, answers: ReadonlyMap<string, Buffer>) {
    // FFmpeg takes the first bytes of whatever it is given for the key.
    const cipher = createCipheriv("aes-128-cbc", segment.subarray(0, 16), Buffer.alloc(16));
    const encrypted = Buffer.concat([cipher.update(segment), cipher.final()]);
    this.#server = createServer((request, response) => {
      const [, host = "", target = ""] = /^http:\/\/([^/?#]*)(.*)$/.exec(request.url ?? "") ?? [];
      this.#record(request, host, target);
      const [path = ""] = target.split("?");
      const body = answers.get(path) ?? (path.endsWith("/encrypted.ts") ? encrypted : segment);
      response.writeHead(200, { "content-length": body.length }).end(body);
    });
    this.#server.on("connect", (request, socket) => {
      this.#record(request, request.url ?? "", null);
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #record({ url, rawHeaders }: IncomingMessage, host: string, target: string | null): void {
    this.requests.push({ host, target, text: [url, ...rawHeaders].join("\n") });
  }
}
