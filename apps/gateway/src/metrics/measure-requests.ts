import type { FastifyInstance, FastifyRequest } from "fastify";
import type { EndedRequests } from "../http/ended-requests.ts";
import type { OnAnswer } from "../http/log.ts";
import type { GatewayMetrics, RequestHandler } from "./gateway-metrics.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Absent if the framework itself refused the request, so that no hook saw it. */
    handledBy?: RequestHandler;
  }
}

/** Notes which part answers a request, if not the gateway by itself. */
export function handledBy(request: FastifyRequest, handler: RequestHandler): void {
  request.handledBy = handler;
}

/** Counts requests by the part that answers them. Does nothing without metrics. */
export function measureRequests(app: FastifyInstance, ended: EndedRequests, metrics: GatewayMetrics | null): void {
  app.decorateRequest("handledBy", "gateway");
  if (metrics === null) return;
  ended.on(({ handledBy = "gateway" }, { status, milliseconds }) => {
    metrics.requestAnswered(handledBy, status, milliseconds / 1_000);
  });
}

/** Also counts answers that are sent past the framework, after calling `onAnswer`. */
export function measureAnswers(onAnswer: OnAnswer, handler: RequestHandler, metrics: GatewayMetrics | null): OnAnswer {
  if (metrics === null) return onAnswer;
  return (request, status, milliseconds) => {
    onAnswer(request, status, milliseconds);
    metrics.requestAnswered(handler, status, milliseconds / 1_000);
  };
}
