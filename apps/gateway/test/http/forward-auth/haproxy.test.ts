import { HaproxyServer, missingProgram } from "@coatcheck/throwaway-servers";
import { proxyContract } from "./support/proxy-contract.ts";

proxyContract({
  document: "haproxy.md",
  configurationFolder: "/etc/haproxy/",
  isMissing: missingProgram("haproxy"),
  statusWithoutGateway: 503,
  start: (files) => HaproxyServer.start(files),
});
