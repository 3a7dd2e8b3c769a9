import { type Fields, propertiesOf, type ValuesOf } from "./field.ts";
import { nearestName } from "./nearest-name.ts";
import { InvalidValue, type ValueType, within } from "./value-type.ts";

/** Objects with these members and no other. The default of a member may follow from members before it. */
export function settingsObject<Table extends Fields>(table: Table): ValueType<ValuesOf<Table>> {
  const rows = Object.entries<Fields[string]>(table);
  return {
    parse(value) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new InvalidValue("must be an object");
      }
      const given: ReadonlyMap<string, unknown> = new Map(Object.entries(value));
      for (const key of given.keys()) requireKnown(key, Object.keys(table));
      const members: Record<string, unknown> = {};
      for (const [key, { type, default: fallback }] of rows) {
        members[key] = within(`"${key}"`, () =>
          given.has(key) ? type.parse(given.get(key)) : fallback.value(members as never),
        );
      }
      return members as ValuesOf<Table>;
    },
    schema: {
      type: "object",
      properties: propertiesOf(table),
      required: rows.filter(([, row]) => row.default.isRequired === true).map(([key]) => key),
      additionalProperties: false,
    },
  };
}

function requireKnown(key: string, known: readonly string[]): void {
  if (known.includes(key)) return;
  const nearest = nearestName(key, known);
  const advice = nearest === null ? `. Known are ${known.join(", ")}` : `: did you mean "${nearest}"?`;
  throw new InvalidValue(`has the unknown key ${JSON.stringify(key.slice(0, 80))}${advice}`);
}
