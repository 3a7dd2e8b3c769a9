import type { JsonObject, Session } from "coatcheck";
import type { ServedOrigin } from "../http/served-origins.ts";

/** What the gateway keeps with a session that begins under this origin: where that was, for the list of devices. */
export function siteData({ host }: ServedOrigin): JsonObject {
  return { site: host };
}

/** The host of the public origin that a session began under; null for one that began before it was kept. */
export function siteOf({ data }: Session): string | null {
  return typeof data.site === "string" ? data.site : null;
}
