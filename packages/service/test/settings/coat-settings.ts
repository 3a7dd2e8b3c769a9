import { absent, constant, derived, mustBeGiven } from "../../src/settings/defaults.ts";
import { type Settings, setting } from "../../src/settings/setting.ts";
import { InvalidValue } from "../../src/settings/value-type.ts";
import { hostName, listOf, oneOf, port, trueOrFalse } from "../../src/settings/value-types.ts";

/** A table in which a default follows from a setting that comes later, and a check looks at another setting. */
export const coatSettings = {
  url: setting({
    env: "COATCHECK_URL",
    type: hostName,
    default: derived(
      "`HOST:PORT`",
      ({ host, port }: { readonly host: string; readonly port: number }) => `${host}:${port}`,
    ),
    meaning: "Where it is reached.",
  }),
  host: setting({ env: "HOST", type: hostName, default: constant("localhost"), meaning: "Where it listens." }),
  port: setting({ env: "PORT", type: port, default: constant(8_080), meaning: "The port, `0` or more." }),
  hooks: setting({
    env: "COATCHECK_HOOKS",
    type: listOf(hostName, "hosts"),
    default: constant([]),
    meaning: "Where coats hang.",
    document: "docs/hooks.md",
  }),
  colour: setting({
    env: "COATCHECK_COLOUR",
    type: oneOf(["red", "blue"]),
    default: absent("as it comes"),
    meaning: "Red | blue.",
  }),
  isLocked: setting({
    env: "COATCHECK_LOCKED",
    type: trueOrFalse,
    default: constant(false),
    meaning: "Locks the hooks.",
    check(isLocked, { hooks }: { readonly hooks: readonly string[] }, env) {
      if (isLocked && hooks.length === 0) throw new InvalidValue(`goes with ${env.hooks}`);
    },
  }),
  owner: setting({ env: "COATCHECK_OWNER", type: hostName, default: mustBeGiven("a host"), meaning: "Whose coats." }),
} as const satisfies Settings;

/** How a service reports a fault of its configuration. */
export class OperatorError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
