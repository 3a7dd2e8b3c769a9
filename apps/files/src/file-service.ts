import { listen } from "@coatcheck/service/listen";
import type { FastifyBaseLogger } from "fastify";
import { type FileServiceConfiguration, settings } from "./config/settings.ts";
import { FileServiceError } from "./errors.ts";
import { PassCookie } from "./passes/pass-cookie.ts";
import { openPasses, type Passes } from "./passes/passes.ts";
import { Playlists } from "./playlists/playlists.ts";
import { RunningDownloads } from "./running-downloads.ts";
import { buildServer } from "./server.ts";
import type { FileSource } from "./sources/file-source.ts";
import { openSource } from "./sources/open-source.ts";

/** A running file service. */
export interface FileService {
  /** Makes the service report that it is not ready. It serves as before. */
  announceEnd(): void;
  /** Lets short answers finish, cuts off long ones, and frees everything. */
  close(): Promise<void>;
}

/** A download may exceed `maxDownloadSeconds` by this time. */
const LOOK_FOR_OVERDUE_EVERY_MILLISECONDS = 1_000;
/** How long an answer may still take when the service closes. */
const LONGEST_ANSWER_MILLISECONDS = 5_000;

/**
 * Puts a file service together and starts it: the composition root. Only here do source, passes, clock and settings meet.
 *
 * @throws FileServiceError for a fault that the operator can fix. The message says how
 */
export async function startFileService(
  configuration: FileServiceConfiguration,
  log: FastifyBaseLogger,
): Promise<FileService> {
  const source = await openSource(configuration.source, Date.now);
  try {
    const passes = await openPasses(configuration, log);
    try {
      return await serve(configuration, { source, passes, log });
    } catch (error) {
      passes.close();
      throw error;
    }
  } catch (error) {
    source.close();
    throw error;
  }
}

interface OpenParts {
  readonly source: FileSource;
  readonly passes: Passes;
  readonly log: FastifyBaseLogger;
}

/** The returned file service closes its parts. */
async function serve(configuration: FileServiceConfiguration, parts: OpenParts): Promise<FileService> {
  const { source, passes } = parts;
  const downloads = new RunningDownloads({
    maximumMilliseconds: configuration.maxDownloadSeconds * 1_000,
    maximumPerSession: configuration.maxDownloadsPerSession,
    hasEnded: (pass) => passes.hasEnded(pass),
    elapsed: () => performance.now(),
  });
  let isEnding = false;
  const server = buildServer({
    ...parts,
    downloads,
    cookie: new PassCookie(configuration.publicUrl),
    now: Date.now,
    playlists: new Playlists(configuration.publicUrl),
    maximumStalledMilliseconds: configuration.maxStalledSeconds * 1_000,
    publicUrl: configuration.publicUrl,
    allowedOrigins: configuration.allowedOrigins,
    trustedProxies: configuration.trustedProxies,
    checkReadiness: async () => {
      if (isEnding) throw new Error("The file service was told to stop.");
      await source.checkReadiness();
      if (!(await passes.areReady())) {
        throw new FileServiceError("passes_unavailable", "No pass can be accepted now.");
      }
    },
  });
  const { host, port } = configuration;
  await listen(server, { host, port, env: { host: settings.host.env, port: settings.port.env } }, FileServiceError);
  passes.onNews(() => downloads.cutEnded());
  const timer = setInterval(() => downloads.cutOverdue(), LOOK_FOR_OVERDUE_EVERY_MILLISECONDS);
  return {
    announceEnd() {
      isEnding = true;
    },
    async close() {
      // Without this limit, a client that reads for an hour would delay the end for an hour.
      const patience = setTimeout(() => server.server.closeAllConnections(), LONGEST_ANSWER_MILLISECONDS);
      await server.close();
      clearTimeout(patience);
      clearInterval(timer);
      passes.close();
      source.close();
    },
  };
}
