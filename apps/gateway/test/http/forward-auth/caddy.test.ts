import { CaddyServer, missingProgram } from "@coatcheck/throwaway-servers";
import { proxyContract } from "./support/proxy-contract.ts";

proxyContract({
  document: "caddy.md",
  configurationFolder: "/etc/caddy/",
  isMissing: missingProgram("caddy"),
  statusWithoutGateway: 502,
  start: (files) => CaddyServer.start(files),
});
