import type { Load } from "./load.ts";
import { SocketLoad } from "./socket-load.ts";

// The process of our own client: it is sent a load, puts it on a contestant and sends back what came of it.
process.send?.(0);
process.on("message", async (load: Load) => {
  process.send?.(await new SocketLoad(load).run());
});
process.on("disconnect", () => process.exit());
