import { listen } from "@coatcheck/service/listen";
import type { FastifyBaseLogger } from "fastify";
import type { FileServiceConfiguration } from "./config/settings.ts";
import { FileServiceError } from "./errors.ts";
import { PassCookie } from "./passes/pass-cookie.ts";
import { openPasses, type Passes } from "./passes/passes.ts";
import { Playlists } from "./playlists/playlists.ts";
import { RunningDownloads } from "./running-downloads.ts";
import { buildServer } from "./server.ts";
import type { FileSource } from "./sources/file-source.ts";
import { openSource } from "./sources/open-source.ts";

/** A file service that answers. */
export interface FileService {
  /** From now on says that it is not ready, and serves as before. */
  announceEnd(): void;
  /** Lets short answers finish, cuts long ones, and frees everything. */
  close(): Promise<void>;
}

/** How exactly `maxDownloadSeconds` is kept. */
const LOOK_FOR_OVERDUE_EVERY_MILLISECONDS = 1_000;
/** When closing, an answer that is being sent has so long to end. */
const LONGEST_ANSWER_MILLISECONDS = 5_000;

/**
 * Puts a file service together and starts it: the composition root. Only here do source, passes, clock and settings meet.
 *
 * @throws FileServiceError, for what an operator can mend; the message says what
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

/** The file service that results closes what it was given. */
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
        throw new FileServiceError("passes_unavailable", "No pass could be believed now.");
      }
    },
  });
  await listen(server, configuration, FileServiceError);
  passes.onNews(() => downloads.cutEnded());
  const timer = setInterval(() => downloads.cutOverdue(), LOOK_FOR_OVERDUE_EVERY_MILLISECONDS);
  return {
    announceEnd() {
      isEnding = true;
    },
    async close() {
      // A reader who takes an hour would be waited for an hour.
      const patience = setTimeout(() => server.server.closeAllConnections(), LONGEST_ANSWER_MILLISECONDS);
      await server.close();
      clearTimeout(patience);
      clearInterval(timer);
      passes.close();
      source.close();
    },
  };
}
