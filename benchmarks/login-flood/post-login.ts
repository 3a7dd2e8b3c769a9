import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly milliseconds: number;
}

export interface Question {
  readonly port: number;
  /** Of the loopback network, which is one per client. */
  readonly from: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

/** One request on a connection of its own, from an address of its own. */
export function ask({ port, from, method, path, headers = {}, body }: Question): Promise<Answer> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const sending = request({
      host: "127.0.0.1",
      port,
      localAddress: from,
      method,
      path,
      agent: false,
      headers: {
        host: `localhost:${port}`,
        "x-csrf": "1",
        ...headers,
        ...(body !== undefined && {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        }),
      },
    });
    sending.on("response", (response) => {
      response.resume();
      response.on("end", () => {
        const milliseconds = performance.now() - startedAt;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, milliseconds });
      });
    });
    sending.on("error", reject);
    sending.end(body);
  });
}

export function postLogin(
  client: { readonly port: number; readonly from: string; readonly cookie?: string },
  user: { readonly email: string; readonly password: string },
): Promise<Answer> {
  const { port, from, cookie } = client;
  const headers = cookie === undefined ? {} : { cookie };
  return ask({ port, from, method: "POST", path: "/auth/login", headers, body: JSON.stringify(user) });
}
