import { browserRequest } from "../http/browser-request.ts";
import type { HttpContestant } from "../http/contestant.ts";
import type { ServedGateway } from "./gateways.ts";

const HELLO = "/app/hello";
export const VERIFY = "/auth/verify/forward";

/** A program that looks at no session. */
export function plain(name: string, port: number, pid: number): HttpContestant {
  return { name, port, processes: [pid], answer: "hello", requests: [browserRequest(`127.0.0.1:${port}`, HELLO, {})] };
}

/** A gateway that forwards to the upstream. */
export function forwarding(name: string, served: ServedGateway): HttpContestant {
  return contestant(name, served, HELLO, {}, '{"hello":"world"}');
}

/** A gateway that is asked about a request. */
export function verifying(name: string, served: ServedGateway): HttpContestant {
  const { host } = new URL(served.gateway.url);
  const asked = { "X-Forwarded-Method": "GET", "X-Forwarded-Host": host, "X-Forwarded-Uri": "/" };
  return contestant(name, served, VERIFY, asked, "HTTP/1.1 200");
}

function contestant(
  name: string,
  { gateway, cookies }: ServedGateway,
  path: string,
  headers: Readonly<Record<string, string>>,
  answer: string,
): HttpContestant {
  const { host } = new URL(gateway.url);
  const requests = cookies.map((cookie) => browserRequest(host, path, { Cookie: cookie, ...headers }));
  return { name, port: gateway.port, processes: [gateway.processId], requests, answer };
}
