import type { IncomingMessage, ServerResponse } from "node:http";
import { CoatcheckError } from "../../errors.ts";
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
  if (typeof response?.setHeader !== "function") {
    const message = "answer needs the response, too: write auth.answer(login, response).";
    throw new CoatcheckError("invalid_configuration", message);
  }
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body ?? undefined);
}

function headerText(value: string | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : value.join(", ");
}
