import { CoatcheckError } from "../errors.ts";
import type { Visit } from "./visit.ts";

/** VisitedRequests remembers the visit of each request that passed the guard, for as long as the request lives. */
export class VisitedRequests<Request extends object> {
  readonly #visits = new WeakMap<Request, Visit>();

  remember(request: Request, visit: Visit): void {
    this.#visits.set(request, visit);
  }

  has(request: Request): boolean {
    return this.#visits.has(request);
  }

  /** @throws CoatcheckError `guard_not_installed` */
  visitOf(request: Request): Visit {
    const visit = this.#visits.get(request);
    if (visit !== undefined) return visit;
    throw new CoatcheckError(
      "guard_not_installed",
      "This request did not pass the guard. Register it before the routes.",
    );
  }
}
