import type { FastifyInstance } from "fastify";
import { answerPreflight } from "../cross-origin-sharing.ts";
import { FileDelivery, type FileDeliveryParts } from "../file-delivery.ts";
import { type AdmissionParts, admit } from "../passes/admission.ts";
import { sendProblem, sendUnavailable } from "../problem.ts";

export type FileRoutesParts = AdmissionParts & FileDeliveryParts;

/** Every path that is not the service's own is the path of a file, whether it exists or not. */
export function addFileRoutes(app: FastifyInstance, parts: FileRoutesParts): void {
  const delivery = new FileDelivery(parts);
  app.route({
    method: ["GET", "HEAD"],
    url: "/*",
    async handler(request, reply) {
      const admission = await admit(request, parts);
      if (admission.outcome === "admitted") return delivery.deliver(request, reply, admission);
      const { code, reason } = admission;
      if (reason !== null) request.log.info({ event: "pass_refused", path: request.resourcePath, reason });
      return code === "unavailable" ? sendUnavailable(reply) : sendProblem(reply, code);
    },
  });
  app.options("/*", async (request, reply) => answerPreflight(request, reply));
}
