import { fastifyHttpProxy } from "@fastify/http-proxy";
import Fastify from "fastify";

// The upstream, or a bare proxy before one that listens already.
const [role = "", upstream = ""] = process.argv.slice(2);
const app = Fastify();
if (role === "proxy") app.register(fastifyHttpProxy, { upstream });
else app.get("/app/hello", async () => ({ hello: "world" }));
process.send?.(Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port));
process.on("disconnect", () => process.exit());
