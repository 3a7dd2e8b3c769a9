import type { LoadedSettings } from "./read-settings.ts";
import type { AnySetting, Settings } from "./setting.ts";

/** The effective value of a setting, for people. Nothing in it is secret. */
export interface ShownSetting {
  readonly key: string;
  /** One line for each entry of a list. */
  readonly values: readonly string[];
  /** "default", a path or a variable. */
  readonly origin: string;
}

/** The effective settings, in the order of the table. */
export function showSettings<Table extends Settings>(
  table: Table,
  { configuration, origins }: LoadedSettings<Table>,
): readonly ShownSetting[] {
  return Object.entries<AnySetting>(table).map(([key, row]) => {
    const value: unknown = configuration[key];
    return {
      key,
      values: value === null ? [plainText(row.default.text)] : textsOf(row, value),
      origin: origins[key] ?? "default",
    };
  });
}

function textsOf({ type }: AnySetting, value: unknown): readonly string[] {
  const texts = type.show?.(value) ?? [String(value)];
  return texts.length === 0 ? ["none"] : texts;
}

/** Without the backticks of Markdown. */
function plainText(text: string): string {
  return text.replaceAll("`", "");
}
