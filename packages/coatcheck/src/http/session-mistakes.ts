import { refuseUnknownOptions, requireSwitch } from "../core/known-options.ts";
import { CoatcheckError } from "../errors.ts";

const LOAD_OPTIONS: ReadonlySet<string> = new Set(["slide"]);

/**
 * A poll that is not recognised as one would keep the session alive for ever.
 *
 * @throws CoatcheckError `invalid_configuration`
 */
export function requireLoadOptions<Options extends { readonly slide?: boolean }>(options: Options): Options {
  refuseUnknownOptions("load", options, LOAD_OPTIONS);
  requireSwitch("slide", options.slide);
  return options;
}

/** @throws CoatcheckError `session_not_loaded` */
export function refuseUnloaded(): never {
  throw new CoatcheckError("session_not_loaded", "Write await auth.of(request).load() first: this asks no store.");
}

/**
 * `const { logout } = auth.of(request)` loses the session.
 *
 * @throws CoatcheckError `invalid_configuration`
 */
export function refuseCallAlone(): never {
  const message = "A method is called on its session: write auth.of(request).logout(), not const { logout } = ….";
  throw new CoatcheckError("invalid_configuration", message);
}
