import type { ConfigurationSources } from "@coatcheck/service/settings/given-settings";
import { type LoadedSettings, readSettings } from "@coatcheck/service/settings/read-settings";
import { GatewayError } from "../errors.ts";
import { settings } from "./settings.ts";

export type LoadedConfiguration = LoadedSettings<typeof settings>;

/**
 * Reads the configuration of the gateway: the environment overrides the file, which overrides the defaults.
 *
 * @throws GatewayError `invalid_configuration`
 */
export function loadConfiguration(sources: ConfigurationSources): LoadedConfiguration {
  return readSettings(settings, sources, GatewayError);
}
