const REFERENCE = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

interface Parts {
  readonly scheme: string | undefined;
  readonly authority: string | undefined;
  readonly path: string;
  readonly query: string | undefined;
}

/** A reference as a reader takes it that follows RFC 3986, 5.2, to the letter, and checks nothing. No fragment. */
export function resolveByRfc3986(reference: string, base: string): string {
  const [given, from] = [partsOf(reference), partsOf(base)];
  return textOf(targetOf(given, from));
}

function partsOf(text: string): Parts {
  const [, scheme, authority, path = "", query] = REFERENCE.exec(text) ?? [];
  return { scheme, authority, path, query };
}

function targetOf(given: Parts, base: Parts): Parts {
  if (given.scheme !== undefined) return { ...given, path: withoutDots(given.path) };
  const { scheme, authority } = base;
  if (given.authority !== undefined) return { ...given, scheme, path: withoutDots(given.path) };
  if (given.path === "") return { scheme, authority, path: base.path, query: given.query ?? base.query };
  const folder = base.path.slice(0, base.path.lastIndexOf("/") + 1);
  const path = withoutDots(given.path.startsWith("/") ? given.path : folder + given.path);
  return { scheme, authority, path, query: given.query };
}

function withoutDots(path: string): string {
  const segments: string[] = [];
  const [first = "", ...others] = path.split("/");
  for (const [index, segment] of others.entries()) {
    if (segment === "..") segments.pop();
    else if (segment !== ".") segments.push(segment);
    if (index === others.length - 1 && (segment === "." || segment === "..")) segments.push("");
  }
  return [first, ...segments].join("/");
}

function textOf({ scheme, authority, path, query }: Parts): string {
  const start = `${scheme ?? ""}:${authority === undefined ? "" : `//${authority}`}`;
  return `${start}${path}${query === undefined ? "" : `?${query}`}`;
}
