import type { ServerResponse } from "node:http";

/** Status and headers as they are now, until the returned function is called: what is decided stays. */
export function freezeHead(response: ServerResponse): () => void {
  const { statusCode, setHeader, appendHeader, removeHeader } = response;
  // Of its own, or none: HTTP/2 has no message, and warns of everything that asks for one.
  const message = Object.getOwnPropertyDescriptor(response, "statusMessage");
  const refuse = () => {
    throw headHasLeft();
  };
  Object.assign(response, { setHeader: refuse, appendHeader: refuse, removeHeader: refuse });
  Object.defineProperty(response, "headersSent", { value: true, configurable: true });
  return () => {
    Reflect.deleteProperty(response, "headersSent");
    Object.assign(response, { statusCode, setHeader, appendHeader, removeHeader });
    if (message === undefined) Reflect.deleteProperty(response, "statusMessage");
    else Object.defineProperty(response, "statusMessage", message);
  };
}

/** With the code of Node's own error, which applications handle. */
export function headHasLeft(): Error {
  return Object.assign(new Error("The response headers are decided, and about to leave."), {
    code: "ERR_HTTP_HEADERS_SENT",
  });
}
