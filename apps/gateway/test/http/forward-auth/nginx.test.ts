import { missingProgram, NginxServer } from "@coatcheck/throwaway-servers";
import { proxyContract } from "./support/proxy-contract.ts";

proxyContract({
  document: "nginx.md",
  configurationFolder: "/etc/nginx/",
  isMissing: missingProgram("nginx") || missingProgram("ngx_http_js_module.so"),
  statusWithoutGateway: 500,
  start: (files) => NginxServer.start(files),
});
