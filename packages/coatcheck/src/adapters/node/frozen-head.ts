import type { ServerResponse } from "node:http";

/** Status and headers as they are now, until the returned function is called: what is decided stays. */
export function freezeHead(response: ServerResponse): () => void {
  const { statusCode, statusMessage, setHeader, appendHeader, removeHeader } = response;
  const refuse = () => {
    throw headHasLeft();
  };
  Object.assign(response, { setHeader: refuse, appendHeader: refuse, removeHeader: refuse });
  Object.defineProperty(response, "headersSent", { value: true, configurable: true });
  return () => {
    Reflect.deleteProperty(response, "headersSent");
    Object.assign(response, { statusCode, statusMessage, setHeader, appendHeader, removeHeader });
  };
}

/** With the code of Node's own error, which applications handle. */
export function headHasLeft(): Error {
  return Object.assign(new Error("The response headers are decided, and about to leave."), {
    code: "ERR_HTTP_HEADERS_SENT",
  });
}
