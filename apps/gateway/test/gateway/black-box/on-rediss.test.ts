import { freePort, missingProgram, RedisServer } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe } from "vitest";
import { GatewayProcess } from "../../support/gateway-process.ts";
import { TlsCertificate } from "../../support/tls-certificate.ts";
import { sessionsSuite } from "./black-box-suite.ts";

describe.skipIf(missingProgram("redis-server"))("sessions in Redis over TLS, with a near-cache", () => {
  let certificate: TlsCertificate;
  let port: number;
  let server: RedisServer;

  beforeAll(async () => {
    certificate = await TlsCertificate.create();
    port = await freePort();
    const settings = certificate.redisSettings(port).flatMap(([name, value]) => [`--${name}`, value]);
    server = await RedisServer.start({ arguments: [...settings, "--requirepass", "open sesame"] });
  });

  afterAll(async () => {
    await server.stop();
    await certificate.remove();
  });

  sessionsSuite((settings) =>
    GatewayProcess.create({
      COATCHECK_SESSIONS: `rediss://:open%20sesame@localhost:${port}`,
      COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS: "1000",
      ...certificate.environment,
      ...settings,
    }),
  );
});
