import { constant } from "./defaults.ts";
import { setting } from "./setting.ts";
import { hostName, logLevel, stopDelay } from "./value-types.ts";

// The rows that mean the same in every server's table of settings.

export const host = setting({
  env: "HOST",
  type: hostName,
  default: constant("localhost"),
  meaning: "The host name or address to listen on. `localhost` means every loopback address that it stands for.",
});

export const stopDelaySeconds = setting({
  env: "COATCHECK_STOP_DELAY_SECONDS",
  type: stopDelay,
  default: constant(2),
  meaning:
    "After SIGTERM the server reports that it is not ready, and goes on serving for this long, so that load balancers notice " +
    "first. SIGINT stops it at once, SIGHUP is ignored.",
});

export const logLevelSetting = setting({
  env: "COATCHECK_LOG_LEVEL",
  type: logLevel,
  default: constant("info"),
  meaning: "The log has one JSON line for each request and event, on standard error.",
});
