import { bare, ours, peers } from "./applications.ts";

// A process of its own for each application, so that no two share an event loop. Tells its parent the port.
const [name = "", redisUrl = "", folder = ""] = process.argv.slice(2);
const load = { ...bare, ...ours, ...peers }[name];
if (load === undefined) throw new Error(`No application is called "${name}".`);
const application = await load();
process.send?.(await application({ redisUrl, folder }));
process.on("disconnect", () => process.exit());
