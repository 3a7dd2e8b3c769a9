import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { systemCodeOf } from "@coatcheck/service/operator-error";
import { GatewayError } from "../errors.ts";
import type { GatewayConfiguration } from "./settings.ts";

/**
 * Makes the data folder, readable for its owner alone, if a database belongs in it. Another folder that the operator named for
 * a database must exist: a typing error must not become an empty database elsewhere.
 *
 * @throws GatewayError `database_cannot_be_opened`
 */
export function makeDataFolder({ data, database, sessions }: GatewayConfiguration): void {
  const paths = [database, sessions].flatMap((location) => (location.kind === "sqlite" ? [location.path] : []));
  if (!paths.some((path) => dirname(path) === data)) return;
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const message = `The folder ${data} cannot be made: ${systemCodeOf(cause)}.`;
    throw new GatewayError("database_cannot_be_opened", message, { cause });
  }
}
