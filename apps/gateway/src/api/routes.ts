import type { FastifyInstance } from "fastify";
import type { PageFiles } from "../pages/page-files.ts";
import { type AccessRoutesOptions, addAccessRoutes } from "./access.ts";
import { addHealthRoutes, type HealthRoutesOptions } from "./health.ts";
import { addKeySetRoutes } from "./key-sets.ts";
import { addLoginRoute, type LoginRouteOptions } from "./login.ts";
import { addOpenApiRoute, type OpenApiRouteOptions } from "./openapi.ts";
import { addPageRoutes } from "./pages.ts";
import { addPasswordRoute, type PasswordRouteOptions } from "./password.ts";
import { addReauthenticateRoute, type ReauthenticateRouteOptions } from "./reauthenticate.ts";
import { addLogoutRoute, addMeRoutes, type MeRoutesOptions } from "./session.ts";
import { addSessionRoutes, type SessionRoutesOptions } from "./sessions.ts";

export interface RoutesOptions
  extends AccessRoutesOptions,
    HealthRoutesOptions,
    LoginRouteOptions,
    MeRoutesOptions,
    OpenApiRouteOptions,
    PasswordRouteOptions,
    ReauthenticateRouteOptions,
    SessionRoutesOptions {
  readonly pages: PageFiles;
}

/** The gateway's own calls, and its pages. */
export function addRoutes(app: FastifyInstance, options: RoutesOptions): void {
  addHealthRoutes(app, options);
  addLoginRoute(app, options);
  addLogoutRoute(app, options);
  addMeRoutes(app, options);
  addSessionRoutes(app, options);
  addReauthenticateRoute(app, options);
  addPasswordRoute(app, options);
  addKeySetRoutes(app, options);
  addOpenApiRoute(app, options);
  if (options.access.issuesPasses) addAccessRoutes(app, options);
  addPageRoutes(app, options);
}
