import { join, resolve } from "node:path";
import {
  CaddyServer,
  type ConfigurationFiles,
  documentedConfiguration,
  fillIn,
  HaproxyServer,
  missingProgram,
  NginxServer,
} from "@coatcheck/throwaway-servers";
import { HOST } from "./visitor.ts";

const documents = resolve(import.meta.dirname, "../../../../../../docs/forward-auth");

/** A proxy that asks the gateway, as a document of ours configures it. */
export interface AskingProxy {
  /** In docs/forward-auth. */
  readonly document: string;
  /** Where it has its configuration on Debian, which is how the document names each file. */
  readonly configurationFolder: string;
  readonly isMissing: boolean;
  /** What it answers when the gateway does not. */
  readonly statusWithoutGateway: number;
  start(files: ConfigurationFiles): Promise<RunningProxy>;
}

export interface RunningProxy {
  readonly port: number;
  stop(): Promise<void>;
}

export const caddy: AskingProxy = {
  document: "caddy.md",
  configurationFolder: "/etc/caddy/",
  isMissing: missingProgram("caddy"),
  statusWithoutGateway: 502,
  start: (files) => CaddyServer.start(files),
};

export const haproxy: AskingProxy = {
  document: "haproxy.md",
  configurationFolder: "/etc/haproxy/",
  isMissing: missingProgram("haproxy"),
  statusWithoutGateway: 503,
  start: (files) => HaproxyServer.start(files),
};

export const nginx: AskingProxy = {
  document: "nginx.md",
  configurationFolder: "/etc/nginx/",
  isMissing: missingProgram("nginx") || missingProgram("ngx_http_js_module.so"),
  statusWithoutGateway: 500,
  start: (files) => NginxServer.start(files),
};

/** With the configuration of its document, in which the addresses alone are filled in. */
export function startAsDocumented(
  { document, configurationFolder, start }: AskingProxy,
  addresses: { readonly gateway: string; readonly app: string },
): Promise<RunningProxy> {
  const documented = documentedConfiguration(join(documents, document), configurationFolder);
  return start((LISTEN_ADDRESS) => {
    const [, port = ""] = LISTEN_ADDRESS.split(":");
    const values = { GATEWAY_ADDRESS: addresses.gateway, APP_ADDRESS: addresses.app, LISTEN_ADDRESS };
    return fillIn(documented, { ...values, SITE_ADDRESS: `http://${HOST}:${port}` });
  });
}
