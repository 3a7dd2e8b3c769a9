import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "@coatcheck/throwaway-servers";
import { pino } from "pino";
import type { FileServiceConfiguration } from "../../src/config/settings.ts";
import { type FileService, startFileService } from "../../src/file-service.ts";
import { Issuer, type PassOptions } from "./issuer.ts";

export interface ServiceSettings extends Partial<FileServiceConfiguration> {
  /** Whether it asks the issuer for ended sessions. */
  readonly hearsRevocations?: boolean;
  /** Whether the issuer answers from the beginning. */
  readonly issuerIsUp?: boolean;
}

/** A file service in this process, over a fresh folder, with an issuer of its own. */
export class ServiceUnderTest {
  readonly url: string;
  readonly folder: string;
  readonly issuer: Issuer;
  /** Every line of its log. */
  readonly log: string[];
  readonly #service: FileService;
  #closed: Promise<void> | null = null;

  static async start(given: ServiceSettings = {}): Promise<ServiceUnderTest> {
    const { hearsRevocations = false, issuerIsUp = true, ...settings } = given;
    const [port, issuer] = [await freePort(), await Issuer.start()];
    issuer.isUp = issuerIsUp;
    const folder = await mkdtemp(join(tmpdir(), "coatcheck-files-"));
    const publicUrl = settings.publicUrl ?? `http://localhost:${port}`;
    const log: string[] = [];
    const configuration: FileServiceConfiguration = {
      host: "localhost",
      port,
      publicUrl,
      issuer: issuer.url,
      source: { kind: "folder", path: folder },
      jwks: { kind: "url", url: `${issuer.url}/auth/access/jwks.json` },
      revocations: hearsRevocations ? `${issuer.url}/auth/access/revocations` : null,
      allowedOrigins: [],
      maxDownloadSeconds: 3_600,
      trustedProxies: [],
      maxStalledSeconds: 60,
      maxDownloadsPerSession: 64,
      stopDelaySeconds: 0,
      logLevel: "trace",
      dangerouslyAllowInsecureHttp: false,
      ...settings,
    };
    const service = await startFileService(
      configuration,
      pino({ level: "trace" }, { write: (line) => log.push(line) }),
    );
    return new ServiceUnderTest({ url: `http://localhost:${port}`, folder, issuer, log, service, publicUrl });
  }

  readonly #publicUrl: string;

  private constructor(parts: {
    readonly url: string;
    readonly publicUrl: string;
    readonly folder: string;
    readonly issuer: Issuer;
    readonly log: string[];
    readonly service: FileService;
  }) {
    this.url = parts.url;
    this.#publicUrl = parts.publicUrl;
    this.folder = parts.folder;
    this.issuer = parts.issuer;
    this.log = parts.log;
    this.#service = parts.service;
  }

  async write(path: string, content: string | Buffer): Promise<string> {
    const place = join(this.folder, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, content);
    return place;
  }

  passFor(path: string, options?: PassOptions): Promise<string> {
    return this.issuer.passFor(this.#publicUrl, path, options);
  }

  /** Asks for a path with a pass for it, or with the one that is given. */
  async get(path: string, headers: Record<string, string> = {}, token?: string): Promise<Response> {
    const pass = token ?? (await this.passFor(path));
    return fetch(`${this.url}${path}?token=${pass}`, { headers });
  }

  close(): Promise<void> {
    this.#closed ??= this.#service.close();
    return this.#closed;
  }

  async dispose(): Promise<void> {
    await this.close();
    await this.issuer.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
