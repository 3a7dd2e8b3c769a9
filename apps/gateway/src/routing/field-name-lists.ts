import { InvalidValue, type ValueType } from "@coatcheck/service/settings/value-type";
import { splitText } from "@coatcheck/service/settings/value-types";
import { comparedName, notToBeListed } from "../one-reading/field-names.ts";

const NAME = "[A-Za-z0-9_-]+";

/** Header fields that a service needs although the gateway withholds them. In lower case. */
export const forwardedNames: ValueType<readonly string[]> = namesOf((name) => {
  const reason = notToBeListed(name);
  if (reason !== null) throw new InvalidValue(`has ${JSON.stringify(name)}, which ${reason}`);
  return name.toLowerCase();
});

/** Header fields that a service must not get. In the form of `comparedName`. */
export const droppedNames: ValueType<readonly string[]> = namesOf(comparedName);

/** Names as a list, or as a text with commas. */
function namesOf(read: (name: string) => string): ValueType<readonly string[]> {
  return {
    parse(value) {
      const names: unknown = typeof value === "string" ? splitText(value) : value;
      if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
        throw new InvalidValue("must be a list of names of header fields");
      }
      if (!names.every((name) => new RegExp(`^${NAME}$`).test(name))) {
        throw new InvalidValue('must be a list of names of header fields, of letters, digits, "-" and "_"');
      }
      return names.map(read);
    },
    schema: {
      anyOf: [
        { type: "array", items: { type: "string", pattern: `^${NAME}$` } },
        { type: "string", pattern: "^[A-Za-z0-9_,\\s-]*$" },
      ],
    },
  };
}
