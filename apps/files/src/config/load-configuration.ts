import type { ConfigurationSources } from "@coatcheck/service/settings/given-settings";
import { type LoadedSettings, readSettings } from "@coatcheck/service/settings/read-settings";
import { FileServiceError } from "../errors.ts";
import { settings } from "./settings.ts";

/**
 * Reads the configuration of the file service: the environment overrides the file, which overrides the defaults.
 *
 * @throws FileServiceError `invalid_configuration`
 */
export function loadConfiguration(sources: ConfigurationSources): LoadedSettings<typeof settings> {
  return readSettings(settings, sources, FileServiceError);
}
