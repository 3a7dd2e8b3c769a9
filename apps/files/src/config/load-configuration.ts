import type { ConfigurationSources } from "@coatcheck/service/settings/given-settings";
import { type LoadedSettings, readSettings } from "@coatcheck/service/settings/read-settings";
import { FileServiceError } from "../errors.ts";
import { settings } from "./settings.ts";

/**
 * Reads the configuration of the file service: the defaults, over them the file, over that the environment.
 *
 * @throws FileServiceError `invalid_configuration`
 */
export function loadConfiguration(sources: ConfigurationSources): LoadedSettings<typeof settings> {
  return readSettings(settings, sources, FileServiceError);
}
