import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ApacheServer,
  GunicornServer,
  LighttpdServer,
  missingProgram,
  NginxServer,
  PhpFpm,
} from "@coatcheck/throwaway-servers";
import { CompiledProgram } from "./compiled-program.ts";
import { type RunningService, startExpressService, startFastifyService, startNodeService } from "./node-services.ts";

/** A program that stands behind gateways, with a service in it that says what it reads. */
export interface RealProgram {
  readonly name: string;
  /** Its own at the gateway. */
  readonly host: string;
  readonly isMissing: boolean;
  /** What it makes of a header's name before it looks one up. */
  readonly names: "headers" | "variables";
  /** Whether the path that it reports is decoded already. */
  readonly decodesPath: boolean;
  /** It has several paths for one thing, `/index.php/…` among them. */
  readonly isPhp: boolean;
  start(): Promise<RunningService>;
}

const ofNode = { isMissing: false, names: "headers", decodesPath: false, isPhp: false } as const;
const ofScripts = { names: "variables", decodesPath: true, isPhp: false } as const;
const ofPhp = { ...ofScripts, isPhp: true } as const;

const isPhpMissing = missingProgram("php-fpm");

export const realPrograms: readonly RealProgram[] = [
  { ...ofNode, name: "Node's http", host: "node.example", start: startNodeService },
  { ...ofNode, name: "Express 4", host: "express4.example", start: () => startExpressService(4) },
  { ...ofNode, name: "Express 5", host: "express5.example", start: () => startExpressService(5) },
  { ...ofNode, name: "Fastify", host: "fastify.example", start: startFastifyService },
  {
    ...ofScripts,
    name: "Flask in gunicorn",
    host: "gunicorn.example",
    isMissing: missingProgram("gunicorn") || missingProgram("flask/__init__.py"),
    start: () =>
      GunicornServer.start((listenAddress) => ({
        "gunicorn.conf.py": `bind = "${listenAddress}"\nwsgi_app = "echo:app"\n`,
        "echo.py": service("echo.py"),
      })),
  },
  {
    ...ofScripts,
    name: "a CGI program in lighttpd",
    host: "lighttpd.example",
    isMissing: missingProgram("lighttpd") || missingProgram("cc"),
    start: () =>
      withCompiled("echo.c", (program) =>
        LighttpdServer.start(() => ({
          "lighttpd.conf": `
server.modules = ( "mod_rewrite", "mod_cgi" )
cgi.assign = ( ".cgi" => "${program.path}" )
url.rewrite-once = ( "^/(.*)$" => "/echo.cgi/$1" )
`,
          "documents/echo.cgi": "",
        })),
      ),
  },
  {
    ...ofPhp,
    name: "PHP by FastCGI in lighttpd",
    host: "lighttpd-php.example",
    isMissing: missingProgram("lighttpd") || isPhpMissing,
    start: () =>
      withPhp((php) =>
        LighttpdServer.start(() => ({
          "lighttpd.conf": `
server.modules = ( "mod_rewrite", "mod_fastcgi" )
fastcgi.server = ( ".php" => (( "host" => "127.0.0.1", "port" => ${php.port}, "docroot" => "${php.folder}" )) )
url.rewrite-if-not-file = ( "^/(.*)$" => "/index.php/$1" )
`,
          "documents/index.php": service("index.php"),
        })),
      ),
  },
  {
    ...ofPhp,
    name: "PHP behind Apache",
    host: "apache.example",
    isMissing: missingProgram("apache2") || isPhpMissing,
    start: () =>
      withPhp((php) =>
        ApacheServer.start(() => ({
          "apache.conf": `
<Directory />
  CGIPassAuth On
  FallbackResource /index.php
</Directory>
<FilesMatch "\\.php$">
  SetHandler "proxy:fcgi://127.0.0.1:${php.port}/"
</FilesMatch>
ProxyFCGISetEnvIf true SCRIPT_FILENAME ${php.folder}%{reqenv:SCRIPT_NAME}
`,
          "documents/index.php": service("index.php"),
        })),
      ),
  },
  {
    ...ofPhp,
    name: "PHP behind nginx",
    host: "nginx-php.example",
    isMissing: missingProgram("nginx") || missingProgram("ngx_http_js_module.so") || isPhpMissing,
    start: () =>
      withPhp((php) =>
        NginxServer.start((listenAddress) => ({
          // As Debian's snippets have it, and with every name of a header let in.
          "conf.d/php.conf": `
underscores_in_headers on;
ignore_invalid_headers off;
server {
  listen ${listenAddress};
  root documents;
  location / { try_files $uri /index.php$is_args$args; }
  location ~ \\.php(/|$) {
    fastcgi_split_path_info ^(.+?\\.php)(/.*)$;
    try_files $fastcgi_script_name =404;
    set $path_info $fastcgi_path_info;
    include /etc/nginx/fastcgi_params;
    fastcgi_param PATH_INFO $path_info;
    fastcgi_param SCRIPT_FILENAME ${php.folder}$fastcgi_script_name;
    fastcgi_pass 127.0.0.1:${php.port};
  }
}
`,
          "documents/index.php": service("index.php"),
        })),
      ),
  },
  {
    ...ofScripts,
    name: "nginx's own locations",
    host: "nginx.example",
    isMissing: missingProgram("nginx") || missingProgram("ngx_http_js_module.so"),
    start: () =>
      NginxServer.start((listenAddress) => ({
        "conf.d/locations.conf": `
underscores_in_headers on;
ignore_invalid_headers off;
js_import echo from echo.js;
server {
  listen ${listenAddress};
  location / { set $acted other; js_content echo.answer; }
  location /admin/ { set $acted admin; js_content echo.answer; }
  location ~* ^/tasks/ { set $acted tasks; js_content echo.answer; }
}
`,
        "echo.js": service("echo.js"),
      })),
  },
];

/** PHP, and the web server that asks it. */
async function withPhp(startServer: (php: PhpFpm) => Promise<RunningService>): Promise<RunningService> {
  const php = await PhpFpm.start(() => ({ "index.php": service("index.php") }));
  return andThen(await startServer(php), () => php.stop());
}

/** A program in C, and the web server that starts it. */
async function withCompiled(
  name: string,
  startServer: (program: CompiledProgram) => Promise<RunningService>,
): Promise<RunningService> {
  const program = await CompiledProgram.of(pathOf(name));
  return andThen(await startServer(program), () => program.remove());
}

/** A server whose end is followed by another one's. */
function andThen(server: RunningService, end: () => Promise<void>): RunningService {
  const stop = async () => {
    await server.stop();
    await end();
  };
  return { port: server.port, stop };
}

function service(name: string): string {
  return readFileSync(pathOf(name), "utf8");
}

function pathOf(name: string): string {
  return join(import.meta.dirname, "../services", name);
}
