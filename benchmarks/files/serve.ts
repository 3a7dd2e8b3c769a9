import { startFileService } from "@coatcheck/files";
import { loadConfiguration } from "@coatcheck/files/configuration";
import { freePort } from "@coatcheck/throwaway-servers";
import { fastifyStatic } from "@fastify/static";
import Fastify from "fastify";
import { pino } from "pino";

// One contestant, on a folder. Neither writes a line a request: what a log costs is not the question.
const [contestant = "", folder = "", issuer = ""] = process.argv.slice(2);

async function servePlainly(): Promise<number> {
  const app = Fastify();
  app.register(fastifyStatic, { root: folder });
  return Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port);
}

async function serveByPass(): Promise<number> {
  const port = await freePort();
  const environment = {
    HOST: "127.0.0.1",
    FILES_PORT: String(port),
    COATCHECK_FILES_SOURCE: `folder:${folder}`,
    COATCHECK_ISSUER: issuer,
    COATCHECK_LOG_LEVEL: "warn",
  };
  const { configuration } = loadConfiguration({ environment });
  await startFileService(configuration, pino({ level: configuration.logLevel }, pino.destination(2)));
  return port;
}

process.send?.(await (contestant === "plain" ? servePlainly() : serveByPass()));
process.on("disconnect", () => process.exit());
