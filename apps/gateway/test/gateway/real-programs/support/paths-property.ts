import type { GeneratedRequest } from "./generated-targets.ts";
import type { RealProgram } from "./programs.ts";
import { type Reading, readingIn } from "./reading.ts";
import { sendAll } from "./send-all.ts";

const SHOWN_FAULTS = 40;
/** A route that lets pass what services read in several ways: they may, as long as they show nothing that is guarded. */
const LENIENT = "/lenient";

export interface Found {
  /** How many requests reached the program. */
  readonly arrived: number;
  /** What was wrong with those; empty for nothing. */
  readonly faults: string;
}

/** Has a program read all the requests, and looks for what a user without a role must not reach, and for what means another path. */
export async function readTargets(
  { port, host, cookie }: { readonly port: number; readonly host: string; readonly cookie: string },
  program: RealProgram,
  { requests, guarded }: { readonly requests: readonly GeneratedRequest[]; readonly guarded: readonly string[] },
): Promise<Found> {
  let arrived = 0;
  const faults: string[] = [];
  const headers = `Host: ${host}\r\nX-CSRF: 1\r\nCookie: ${cookie}\r\nContent-Length: 0\r\n\r\n`;
  await sendAll(
    port,
    requests,
    ({ method, target }) => `${method} ${target.replaceAll("{host}", host)} HTTP/1.1\r\n${headers}`,
    (request, { body }) => {
      const reading = readingIn(body);
      if (reading === null) return;
      arrived++;
      const fault = guarded.includes(reading.acted)
        ? `it acted on /${reading.acted}/`
        : misread(request, reading, program);
      if (fault !== null) faults.push(`${request.method} ${request.target}: ${fault}`);
    },
  );
  const shown = faults.slice(0, SHOWN_FAULTS).join("\n");
  return { arrived, faults: faults.length === 0 ? "" : `${faults.length} of ${arrived}:\n${shown}` };
}

/** How a service read another request than was decided about; null where it did not. */
function misread(
  { method, target }: GeneratedRequest,
  reading: Reading,
  { decodesPath, isPhp }: RealProgram,
): string | null {
  if (reading.method !== method) return `it read the method ${reading.method}`;
  if (target.startsWith(LENIENT)) return null;
  // What arrives is decoded once, or it was not to arrive. Proxies may take a whole URL for its path.
  const decided = decoded(target.replace(/^https?:(\/\/[^/?]*)?(?=\/)/i, "").split("?", 1)[0] ?? "");
  const read = decodesPath ? Buffer.from(reading.path, "latin1").toString("utf8") : decoded(reading.path);
  // A front controller goes by what follows its own name.
  const isRead = read === decided || (isPhp && `/index.php${read}` === decided);
  return isRead ? null : `it read ${read}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return `${path} (which is no UTF-8)`;
  }
}
