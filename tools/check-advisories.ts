import { npmAudit } from "./advisories/npm-audit.ts";

const result = await npmAudit(process.cwd(), process.argv.slice(2));
if (result.outcome === "unreachable") {
  console.log(`Advisories: NOT LOOKED UP, the registry did not answer the question. ${result.reason}`);
} else {
  for (const { packageName, severity, titles } of result.advisories) {
    console.error(`${packageName} (${severity}): ${titles.join("; ")}`);
  }
  if (result.advisories.length > 0) process.exitCode = 1;
  console.log(`Advisories: ${result.advisories.length} against the dependencies of the product.`);
}
