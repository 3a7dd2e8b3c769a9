export { ApacheServer } from "./apache-server.ts";
export { CaddyServer } from "./caddy-server.ts";
export type { ConfigurationFiles } from "./configuration-files.ts";
export { documentedConfiguration, documentedFiles, fillIn } from "./documented-files.ts";
export { freePort } from "./free-port.ts";
export { GunicornServer } from "./gunicorn-server.ts";
export { HaproxyServer } from "./haproxy-server.ts";
export { LighttpdServer } from "./lighttpd-server.ts";
export { missingProgram } from "./missing-program.ts";
export { NginxServer } from "./nginx-server.ts";
export { PgBouncer } from "./pgbouncer.ts";
export { PhpFpm } from "./php-fpm.ts";
export { PostgresServer, type PostgresServerOptions } from "./postgres-server.ts";
export { programPath } from "./programs.ts";
export { RedisCluster, type RedisClusterOptions } from "./redis-cluster.ts";
export { RedisSentinels } from "./redis-sentinels.ts";
export { RedisServer, type RedisServerOptions } from "./redis-server.ts";
export {
  type PostgresForTests,
  postgresForTests,
  redisClusterForTests,
  redisForTests,
  redisSentinelsForTests,
  type ServerForTests,
} from "./servers-for-tests.ts";
export { TcpSwitch } from "./tcp-switch.ts";
export { TrafficServer } from "./traffic-server.ts";
