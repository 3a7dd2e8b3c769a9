import { request } from "node:http";
import { text } from "node:stream/consumers";

/** A request as an attacker writes it: the target goes out as it stands, dots, backslashes and all. */
export interface RawRequest {
  readonly target: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RawResponse {
  readonly status: number;
  readonly body: string;
}

/** On a connection of its own, so that no request has to do with another. */
export async function send(port: number, { target, method = "GET", headers = {} }: RawRequest): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const sent = request({
      host: "127.0.0.1",
      port,
      method,
      path: target,
      agent: false,
      headers: { host: "files.example", ...headers },
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    sent.end();
  });
}
