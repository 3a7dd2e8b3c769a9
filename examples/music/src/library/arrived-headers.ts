/** One header field as it arrived, with how often. */
export interface ArrivedHeader {
  readonly name: string;
  readonly value: string;
}

const WITHHELD = "(withheld)";

/**
 * The header fields of a request in the order they came, to see what a gateway passes on and what it strips. What opens
 * something is named and not shown: a page that could read its own cookie or token here could also lose it.
 *
 * @param rawHeaders names and values by turns, as Node has them
 */
export function arrivedHeaders(rawHeaders: readonly string[], token: string): readonly ArrivedHeader[] {
  const headers: ArrivedHeader[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    headers.push({ name, value: shown(name.toLowerCase(), rawHeaders[index + 1] ?? "", token) });
  }
  return headers;
}

function shown(name: string, value: string, token: string): string {
  if (name === "cookie") return value.replace(/=[^;]*/g, `=${WITHHELD}`);
  if (name === "authorization" || name === "proxy-authorization") return value.replace(/ .*| *$/, ` ${WITHHELD}`);
  return value.includes(token) ? WITHHELD : value;
}
