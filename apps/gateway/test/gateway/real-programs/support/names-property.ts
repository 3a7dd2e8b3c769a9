import type { RealProgram } from "./programs.ts";
import { type Reading, readingIn } from "./reading.ts";
import { sendAll } from "./send-all.ts";

const NAMES_IN_A_REQUEST = 60;
const REFUSALS = [400, 403];

/** By these a service is told who asks, from where, or another path than the one that was decided about: never by a client. */
const NEVER_A_CLIENTS: ReadonlySet<string> = new Set([
  "remote-user",
  "remote-email",
  "remote-name",
  "remote-groups",
  "authorization",
  "proxy",
  "script-name",
  "x-script-name",
  "path-info",
  "request-uri",
  "document-uri",
  "x-ingress-path",
  "x-accel-mapping",
  "x-sendfile-type",
  "x-original-url",
  "x-original-uri",
  "x-rewrite-url",
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-prefix",
  "x-forwarded-uri",
]);

/** Where requests go, and as whose. */
export interface Asking {
  readonly port: number;
  readonly host: string;
  /** None for a stranger. */
  readonly cookie: string | null;
  readonly target: string;
  /** Whether a request may be refused for a name that it has. Such names are then found, and the others sent again. */
  readonly mayBeRefused: boolean;
}

export interface ReadNames {
  readonly names: readonly string[];
  readonly reading: Reading;
}

/** Has a program read all the names, many in a request, each with the value that is given for it. */
export async function readNames(
  asking: Asking,
  names: readonly string[],
  valueFor: (name: string) => string,
): Promise<readonly ReadNames[]> {
  const { port, host, cookie, target, mayBeRefused } = asking;
  const first = [`GET ${target} HTTP/1.1`, `Host: ${host}`, ...(cookie === null ? [] : [`Cookie: ${cookie}`])];
  const read: ReadNames[] = [];
  let batches = inBatches(names);
  while (batches.length > 0) {
    const refused: (readonly string[])[] = [];
    await sendAll(
      port,
      batches,
      (batch) => [...first, ...batch.map((name) => `${name}: ${valueFor(name)}`), "\r\n"].join("\r\n"),
      (batch, { status, body }) => {
        const reading = readingIn(body);
        if (reading !== null) read.push({ names: batch, reading });
        else if (mayBeRefused && REFUSALS.includes(status)) refused.push(batch);
        else throw new Error(`${status} ${body} for ${batch.join(" ")}`);
      },
    );
    batches = refused.filter(({ length }) => length > 1).flatMap(halves);
  }
  return read;
}

/** Who is asking, as a program reads it: user, email, name, groups. */
export function identityIn({ names }: RealProgram, { variables }: Reading): readonly string[] {
  const found = ["remote-user", "remote-email", "remote-name", "remote-groups", "authorization"].map((name) => {
    const variable = variableOf(names, name);
    return variables[variable] ?? variables[variable.toLowerCase()] ?? "";
  });
  return [...found.slice(0, 4), (found[4] ?? "").replace(/^Bearer ey[^ ,]+$/, "a token")];
}

/** How many of the names a program was told, with the value that a client gave. */
export function toldNames({ variables }: Reading): number {
  return Object.values(variables).filter((value) => value.includes("forged")).length;
}

/** The first variable with a client's value that came under another name, or under one that is not a client's; null for none. */
export function mistakenIn({ names }: RealProgram, { variables }: Reading): string | null {
  for (const [variable, value] of Object.entries(variables)) {
    if (!value.includes("forged")) continue;
    const [, name = ""] = /^forged (\S+)$/.exec(value) ?? [];
    const known = variableOf(names, name).toLowerCase();
    const isItsOwn = variable.toLowerCase() === known || known === "http_content_type";
    if (!isItsOwn || NEVER_A_CLIENTS.has(name.toLowerCase())) return `${variable} is ${value}`;
  }
  return null;
}

/** As a program looks a header up. */
function variableOf(names: RealProgram["names"], name: string): string {
  return names === "headers" ? name.toLowerCase() : `HTTP_${name.toUpperCase().replaceAll("-", "_")}`;
}

function inBatches(names: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(names.length / NAMES_IN_A_REQUEST);
  return Array.from({ length: count }, (_, at) => names.slice(at * NAMES_IN_A_REQUEST, (at + 1) * NAMES_IN_A_REQUEST));
}

function halves(batch: readonly string[]): readonly (readonly string[])[] {
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(0, middle), batch.slice(middle)];
}
