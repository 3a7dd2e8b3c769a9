import { HaproxyServer, missingProgram } from "@coatcheck/throwaway-servers";
import { verifierContract } from "./support/verifier-contract.ts";

verifierContract({
  document: "haproxy.md",
  configurationFolder: "/etc/haproxy/",
  isMissing: missingProgram("haproxy"),
  opensEncodedNames: true,
  start: (files) => HaproxyServer.start(files),
});
