import { execFile } from "node:child_process";

/** One package that is installed, or what it depends on, and what is known against it. */
export interface Advisory {
  readonly packageName: string;
  readonly severity: string;
  readonly titles: readonly string[];
}

export type AuditResult =
  | { readonly outcome: "looked_up"; readonly advisories: readonly Advisory[] }
  /** Nothing is known about the dependencies then, good or bad. */
  | { readonly outcome: "unreachable"; readonly reason: string };

interface NpmAuditReport {
  readonly vulnerabilities?: Readonly<Record<string, NpmVulnerability>>;
  readonly message?: string;
}

interface NpmVulnerability {
  readonly severity: string;
  /** The name of a dependency that is affected in its turn, or the advisory itself. */
  readonly via: readonly (string | { readonly title: string; readonly url: string })[];
}

/** Asks npm's registry what is known against the dependencies that are installed with the product. */
export async function npmAudit(folder: string, npmOptions: readonly string[] = []): Promise<AuditResult> {
  const text = await npmOutput(["audit", "--omit=dev", "--json", ...npmOptions], folder);
  const report = JSON.parse(text) as NpmAuditReport;
  if (report.vulnerabilities === undefined) return { outcome: "unreachable", reason: report.message ?? text };
  const advisories = Object.entries(report.vulnerabilities).map(([packageName, { severity, via }]) => ({
    packageName,
    severity,
    titles: via.map((each) => (typeof each === "string" ? `by ${each}` : `${each.title}, ${each.url}`)),
  }));
  return { outcome: "looked_up", advisories };
}

/** npm ends with 1 both when it found something and when it could not look; what it prints tells them apart. */
function npmOutput(words: readonly string[], folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile("npm", words, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (error, stdout) => {
      if (stdout.trimStart().startsWith("{")) resolve(stdout);
      else reject(error ?? new Error(`npm audit printed no JSON: ${stdout}`));
    });
  });
}
