import {
  ApacheServer,
  CaddyServer,
  type ConfigurationFiles,
  GunicornServer,
  HaproxyServer,
  LighttpdServer,
  missingProgram,
  NginxServer,
  TrafficServer,
} from "@coatcheck/throwaway-servers";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { isFreePort } from "../src/free-port.ts";

interface Started {
  readonly port: number;
  stop(): Promise<void>;
}

/** Each answers a request by itself, with a status that tells it from another. */
interface ServerUnderTest {
  readonly name: string;
  readonly isMissing: boolean;
  readonly status: number;
  readonly start: (files: ConfigurationFiles) => Promise<Started>;
  readonly files: ConfigurationFiles;
}

const servers: readonly ServerUnderTest[] = [
  {
    name: "Caddy",
    isMissing: missingProgram("caddy"),
    status: 451,
    start: (files) => CaddyServer.start(files),
    files: (listenAddress) => ({ Caddyfile: `http://${listenAddress} {\n  respond 451\n}\n` }),
  },
  {
    name: "HAProxy",
    isMissing: missingProgram("haproxy"),
    status: 410,
    start: (files) => HaproxyServer.start(files),
    files: (listenAddress) => ({
      "haproxy.cfg": `
defaults
  mode http
  timeout client 5s
frontend test
  bind ${listenAddress}
  http-request return status 410
`,
    }),
  },
  {
    name: "nginx",
    isMissing: missingProgram("nginx") || missingProgram("ngx_http_js_module.so"),
    status: 418,
    start: (files) => NginxServer.start(files),
    files: (listenAddress) => ({
      "conf.d/test.conf": `
js_import teapot from teapot.js;
server {
  listen ${listenAddress};
  location / { js_content teapot.answer; }
}
`,
      "teapot.js": "function answer(request) { request.return(418); }\nexport default { answer };\n",
    }),
  },
  {
    name: "gunicorn",
    isMissing: missingProgram("gunicorn"),
    status: 417,
    start: (files) => GunicornServer.start(files),
    files: (listenAddress) => ({
      "gunicorn.conf.py": `bind = "${listenAddress}"\nwsgi_app = "app:app"\n`,
      "app.py": "def app(environ, start):\n  start('417 Told', [])\n  return []\n",
    }),
  },
  {
    name: "lighttpd",
    isMissing: missingProgram("lighttpd"),
    status: 406,
    start: (files) => LighttpdServer.start(files),
    files: () => ({
      "lighttpd.conf":
        'server.modules = ( "mod_cgi" )\ncgi.assign = ( ".sh" => "/bin/sh" )\nindex-file.names = ( "index.sh" )\n',
      "documents/index.sh": "echo Status: 406; echo\n",
    }),
  },
  {
    name: "Apache",
    isMissing: missingProgram("apache2"),
    status: 409,
    start: (files) => ApacheServer.start(files),
    files: () => ({ "apache.conf": "RewriteEngine on\nRewriteRule .* - [R=409]\n", "documents/index.html": "" }),
  },
  {
    name: "Traffic Server",
    isMissing: missingProgram("traffic_server") || missingProgram("uri_signing.so"),
    status: 402,
    start: (files) => TrafficServer.start(files),
    files: () => ({
      "remap.config": "map / http://127.0.0.1:1/ @plugin=tslua.so @pparam=test.lua\n",
      "test.lua": "function do_remap() ts.http.set_resp(402) return 0 end\n",
    }),
  },
];

describe.each(servers)("$name", ({ isMissing, status, start, files }) => {
  const started = async () => {
    const server = await start(files);
    onTestFinished(() => server.stop());
    return server;
  };
  const statusOf = async ({ port }: Started) => (await fetch(`http://127.0.0.1:${port}/`)).status;

  test.skipIf(isMissing)("does as it was told, until it is stopped", async () => {
    const server = await started();
    expect(await statusOf(server)).toBe(status);
    await server.stop();
    expect(await isFreePort(server.port)).toBe(true);
  });

  test.skipIf(isMissing)("leaves a port that is taken to another", async () => {
    const random = vi.spyOn(Math, "random").mockReturnValueOnce(0.35).mockReturnValueOnce(0.35);
    onTestFinished(() => random.mockRestore());
    const [first, second] = [await started(), await started()];
    expect(second.port).not.toBe(first.port);
    expect(await Promise.all([statusOf(first), statusOf(second)])).toEqual([status, status]);
  });
});
