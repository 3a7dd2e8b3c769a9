import { join } from "node:path";
import { isLoopback } from "coatcheck";
import { pino } from "pino";
import { normaliseEmail } from "./accounts/email-address.ts";
import type { GatewayConfiguration } from "./config/gateway-configuration.ts";
import { loadConfiguration } from "./config/load-configuration.ts";
import { GatewayError } from "./errors.ts";
import { type PreparationParts, startGateway } from "./gateway.ts";
import { untilStopped } from "./until-stopped.ts";

/** Published, so they exist in databases that are marked as a demo's and in no other. */
const DEMO_USERS = [
  { email: "ada@example.com", name: "Ada Lovelace", password: "counting analytical engines" },
  { email: "grace@example.com", name: "Grace Hopper", password: "nanoseconds by the yard" },
] as const;

/**
 * Runs the demo until it is told to stop: the gateway with two users, on this machine alone. Its data is kept in a
 * folder of its own, in a database that the gateway refuses to open.
 */
export async function runDemo(environment: NodeJS.ProcessEnv): Promise<void> {
  const configuration = demoConfiguration(environment);
  const log = pino({ level: configuration.logLevel }, pino.destination(2));
  const gateway = await startGateway({ configuration, purpose: "demo", log, prepare: prepareDemoUsers });
  process.stdout.write(`${configuration.publicUrl}/\n`);
  for (const { email, password } of DEMO_USERS) process.stdout.write(`Sign in as ${email} with: ${password}\n`);
  await untilStopped(log);
  await gateway.close();
  // Everything is answered, stored and written: a client that still holds a connection is not waited for.
  process.exit();
}

function demoConfiguration(environment: NodeJS.ProcessEnv): GatewayConfiguration {
  const { COATCHECK_DATA: data = ".coatcheck", COATCHECK_LOG_LEVEL: logLevel = "warn" } = environment;
  const { configuration } = loadConfiguration({
    environment: { ...environment, COATCHECK_DATA: join(data, "demo"), COATCHECK_LOG_LEVEL: logLevel },
  });
  for (const hostname of [new URL(configuration.publicUrl).hostname, hostnameOf(configuration.host)]) {
    if (isLoopback(hostname)) continue;
    throw new GatewayError(
      "invalid_configuration",
      `The demo's passwords are published, so it serves this machine alone: "${hostname}" is not loopback.`,
    );
  }
  return configuration;
}

/** As URLs write it: IPv6 addresses in brackets. */
function hostnameOf(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** Adds the users, and gives back their passwords to those that are there: what is printed must be true. */
async function prepareDemoUsers({ accounts, hasher, changes }: PreparationParts): Promise<void> {
  for (const { email: text, name, password } of DEMO_USERS) {
    const email = normaliseEmail(text);
    if (email === null) continue;
    const account = await accounts.findByEmail(email);
    if (account === null) {
      await accounts.add({ email, name, passwordHash: await hasher.hash(password) });
      continue;
    }
    const credential = await accounts.findCredential(account.id);
    const isUnchanged = await hasher.verify(password, credential?.passwordHash ?? null);
    if (!isUnchanged) await changes.setPassword(account, password);
    if (account.disabled) await accounts.enable(account.id);
  }
}
