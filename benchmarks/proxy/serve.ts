import { fastifyHttpProxy } from "@fastify/http-proxy";
import Fastify from "fastify";

// A bare route, or a bare proxy before an upstream that listens already. Tells its parent the port.
const [role = "", upstream = ""] = process.argv.slice(2);
const app = Fastify();
if (role === "proxy") app.register(fastifyHttpProxy, { upstream });
else app.get("/app/hello", async () => ({ hello: "world" }));
process.send?.(Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port));
process.on("disconnect", () => process.exit());
