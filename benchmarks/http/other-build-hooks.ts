import type { InitializeHook, ResolveHook } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

let importer: string | undefined;

export const initialize: InitializeHook<string> = (checkout) => {
  importer = pathToFileURL(join(checkout, "benchmarks/package.json")).href;
};

/** Everything else, such as frameworks and drivers, is that of this checkout: they are the same for both. */
export const resolve: ResolveHook = (specifier, context, next) =>
  next(specifier, /^coatcheck(\/|$)/.test(specifier) ? { ...context, parentURL: importer } : context);
