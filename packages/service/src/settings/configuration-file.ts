import { readFileSync } from "node:fs";
import { fileModeFault } from "../file-mode.ts";
import { type OperatorErrorClass, systemCodeOf } from "../operator-error.ts";
import { DuplicateKey, parseJson } from "./parse-json.ts";

/**
 * The object in a configuration file. Messages name the file and never quote it.
 *
 * @throws OperatorError `invalid_configuration`
 */
export function readConfigurationFile(
  path: string,
  OperatorError: OperatorErrorClass,
): Readonly<Record<string, unknown>> {
  const modeFault = fileModeFault(path);
  if (modeFault !== null) throw new OperatorError("invalid_configuration", `${path} is not used: ${modeFault}.`);
  const parsed = parse(path, read(path, OperatorError), OperatorError);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new OperatorError("invalid_configuration", `${path} must hold a JSON object.`);
  }
  return parsed as Record<string, unknown>;
}

function read(path: string, OperatorError: OperatorErrorClass): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const code = systemCodeOf(cause);
    const reason = code === "ENOENT" ? "it does not exist" : code;
    throw new OperatorError("invalid_configuration", `${path} cannot be read: ${reason}.`, { cause });
  }
}

function parse(path: string, text: string, OperatorError: OperatorErrorClass): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    if (cause instanceof DuplicateKey) {
      throw new OperatorError("invalid_configuration", `${path} has the key ${JSON.stringify(cause.key)} twice.`);
    }
    // The parser's own message quotes the file. Only its position is used.
    const position = /position (\d+)/.exec(cause instanceof Error ? cause.message : "")?.[1];
    const place = position === undefined ? "" : ` (line ${lineOf(text, Number(position))})`;
    throw new OperatorError("invalid_configuration", `${path} is not valid JSON${place}.`);
  }
}

function lineOf(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}
