import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A certificate for this machine, which only clients trust that were told to. */
export class TlsCertificate {
  readonly folder: string;

  static async create(): Promise<TlsCertificate> {
    const certificate = new TlsCertificate(await mkdtemp(join(tmpdir(), "coatcheck-tls-")));
    const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost";
    const names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    const files = ["-keyout", certificate.keyPath, "-out", certificate.path];
    await promisify(execFile)("openssl", [...request.split(" "), ...names, ...files]);
    return certificate;
  }

  private constructor(folder: string) {
    this.folder = folder;
  }

  get path(): string {
    return join(this.folder, "certificate.pem");
  }

  get keyPath(): string {
    return join(this.folder, "key.pem");
  }

  /** For a gateway that is to trust it. */
  get environment(): { readonly NODE_EXTRA_CA_CERTS: string } {
    return { NODE_EXTRA_CA_CERTS: this.path };
  }

  /** The settings of a Redis that has it, and asks clients for none. */
  redisSettings(tlsPort: number): readonly (readonly [name: string, value: string])[] {
    return [
      ["tls-port", String(tlsPort)],
      ["tls-cert-file", this.path],
      ["tls-key-file", this.keyPath],
      ["tls-ca-cert-file", this.path],
      ["tls-auth-clients", "no"],
    ];
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}
