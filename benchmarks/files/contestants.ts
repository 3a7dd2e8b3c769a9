import { createHash } from "node:crypto";
import { NginxServer } from "@coatcheck/throwaway-servers";
import { browserRequest } from "../http/browser-request.ts";
import type { HttpContestant } from "../http/contestant.ts";
import { moveToServerCore } from "../http/cores.ts";
import { familyOf } from "../http/process-usage.ts";
import { ServedProcess } from "../http/served-process.ts";
import type { PassOffice } from "./pass-office.ts";

export const PLAIN = "Fastify with @fastify/static, no check";
export const BY_PASS = "the file service, by pass";
export const SMALL_FILES = 100;
export const LARGE_FILE = "/large.bin";

const SECRET = "a secret of the application";
const LINK_SECONDS = 3_600;

export interface FileContestant {
  /** Asks for the small files. */
  readonly small: HttpContestant;
  /** Asks for the large one. */
  readonly large: string;
  stop(): Promise<void>;
}

/** The address of a file, with whatever lets it be read. */
type AddressOf = (path: string) => Promise<string>;

export async function plainFastify(folder: string): Promise<FileContestant> {
  const process = await ServedProcess.start(new URL("./serve.js", import.meta.url), ["plain", folder]);
  return contestant(
    PLAIN,
    process.port,
    [process.pid],
    async (path) => path,
    () => process.stop(),
  );
}

export async function fileService(folder: string, office: PassOffice): Promise<FileContestant> {
  const process = await ServedProcess.start(new URL("./serve.js", import.meta.url), ["pass", folder, office.url]);
  const audience = `http://localhost:${process.port}`;
  const withPass = async (path: string) => `${path}?token=${await office.passFor(audience, path)}`;
  return contestant(BY_PASS, process.port, [process.pid], withPass, () => process.stop());
}

/** One nginx, which serves the folder as it is, and below /signed/ by `secure_link`. */
export async function nginxes(folder: string): Promise<readonly FileContestant[]> {
  const server = await NginxServer.start((listenAddress) => ({
    "conf.d/files.conf": `
sendfile on;
tcp_nopush on;
keepalive_requests 100000000;
server {
  listen ${listenAddress};
  location / { root ${folder}; }
  location /signed/ {
    secure_link $arg_md5,$arg_expires;
    secure_link_md5 "$secure_link_expires$uri ${SECRET}";
    if ($secure_link = "") { return 403; }
    if ($secure_link = "0") { return 410; }
    alias ${folder}/;
  }
}`,
  }));
  moveToServerCore(familyOf([server.processId]));
  const { port, processId } = server;
  const stop = () => server.stop();
  return [
    await contestant("nginx, no check", port, [processId], async (path) => path, stop),
    await contestant(
      "nginx, secure_link",
      port,
      [processId],
      async (path) => signed(`/signed${path}`),
      async () => {},
    ),
  ];
}

function signed(path: string): string {
  const expires = Math.floor(Date.now() / 1_000) + LINK_SECONDS;
  const md5 = createHash("md5").update(`${expires}${path} ${SECRET}`).digest("base64url");
  return `${path}?md5=${md5}&expires=${expires}`;
}

async function contestant(
  name: string,
  port: number,
  processes: readonly number[],
  addressOf: AddressOf,
  stop: () => Promise<void>,
): Promise<FileContestant> {
  const requestOf = async (path: string) => browserRequest(`localhost:${port}`, await addressOf(path), {});
  const paths = Array.from({ length: SMALL_FILES }, (_, index) => `/${index}.bin`);
  const requests = await Promise.all(paths.map(requestOf));
  const small = { name, port, processes, requests, answer: "ontent-" };
  return { small, large: await requestOf(LARGE_FILE), stop };
}
