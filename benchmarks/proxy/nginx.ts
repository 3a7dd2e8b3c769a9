import { NginxServer } from "@coatcheck/throwaway-servers";
import { moveToServerCore } from "../http/cores.ts";
import { familyOf } from "../http/process-usage.ts";

/** More than a benchmark sends: by default nginx closes a connection after 1,000 requests. */
const KEEP_OPEN = "keepalive_requests 100000000; keepalive_timeout 600s;";

const upstreamOf = (name: string, address: string) =>
  `upstream ${name} { server ${address}; keepalive 64; ${KEEP_OPEN} }`;

const TO_UPSTREAM = `proxy_http_version 1.1; proxy_set_header Connection "";`;

/** The small service behind all proxies. It is on the client's core, and costs next to nothing. */
export function startUpstream(): Promise<NginxServer> {
  return NginxServer.start((listenAddress) => ({
    "conf.d/upstream.conf": `
server {
  listen ${listenAddress};
  ${KEEP_OPEN}
  default_type application/json;
  location / { return 200 '{"hello":"world"}'; }
}`,
  }));
}

export async function startPlainNginx(upstream: string): Promise<NginxServer> {
  return onServerCore(
    await NginxServer.start((listenAddress) => ({
      "conf.d/app.conf": `
${upstreamOf("app", upstream)}
server {
  listen ${listenAddress};
  ${KEEP_OPEN}
  location / { proxy_pass http://app; ${TO_UPSTREAM} }
}`,
    })),
  );
}

/** Asks the gateway about each request, as docs/forward-auth/nginx.md shows, over connections that stay open. */
export async function startAskingNginx(upstream: string, gateway: string): Promise<NginxServer> {
  return onServerCore(
    await NginxServer.start((listenAddress) => ({
      "conf.d/app.conf": `
${upstreamOf("app", upstream)}
${upstreamOf("gateway", gateway)}
server {
  listen ${listenAddress};
  ${KEEP_OPEN}
  location / {
    auth_request /.ask;
    auth_request_set $user_id $upstream_http_remote_user;
    auth_request_set $identity $upstream_http_authorization;
    proxy_pass http://app;
    ${TO_UPSTREAM}
    proxy_set_header Authorization $identity;
    proxy_set_header Remote-User $user_id;
    proxy_set_header Cookie "";
  }
  location = /.ask {
    internal;
    proxy_pass http://gateway/auth/verify/nginx?access=login;
    ${TO_UPSTREAM}
    proxy_set_header Host $http_host;
    proxy_pass_request_body off;
    proxy_set_header Content-Length "";
    proxy_set_header X-Original-Method $request_method;
    proxy_set_header X-Original-URL http://$http_host$request_uri;
  }
}`,
    })),
  );
}

function onServerCore(server: NginxServer): NginxServer {
  moveToServerCore(familyOf([server.processId]));
  return server;
}
