import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "../../http/answer.ts";
import type { GuardedRequest } from "../../http/guarded-request.ts";

export function guardedNodeRequest(
  request: IncomingMessage,
  url: string | undefined,
  clientAddress: string | undefined,
): GuardedRequest {
  return {
    method: request.method ?? "GET",
    url,
    headers: { get: (name) => headerText(request.headers[name.toLowerCase()]) },
    clientAddress,
  };
}

export function sendNodeAnswer({ status, headers, body }: Answer, response: ServerResponse): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body ?? undefined);
}

function headerText(value: string | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : value.join(", ");
}
