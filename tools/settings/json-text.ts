/** JSON as the formatter of the repository has it: objects are opened, a list of plain values is one line. */
export function jsonText(value: unknown): string {
  return `${textOf(value, "")}\n`;
}

function textOf(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (!value.some((entry) => typeof entry === "object"))
      return `[${value.map((entry) => JSON.stringify(entry)).join(", ")}]`;
    return `[\n${value.map((entry) => inner + textOf(entry, inner)).join(",\n")}\n${indent}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${inner}${JSON.stringify(key)}: ${textOf(member, inner)}`,
  );
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`;
}
