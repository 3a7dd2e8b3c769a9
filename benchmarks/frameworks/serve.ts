import { applications } from "./applications.ts";

// A process of its own for each application, so that no two share an event loop. Tells its parent the port.
const [name = "", redisUrl = ""] = process.argv.slice(2);
const application = applications[name];
if (application === undefined) throw new Error(`No application is called "${name}".`);
process.send?.(await application(redisUrl));
process.on("disconnect", () => process.exit());
