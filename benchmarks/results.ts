import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { resolve } from "node:path";

const BEGIN = "<!-- measured: begin -->";
const END = "<!-- measured: end -->";

/** What a benchmark found, in Markdown: printed, and on request written into the README of its question. */
export class Results {
  readonly #parts: string[] = [];

  addNotes(lines: readonly string[]): void {
    this.#parts.push(lines.map((line) => `- ${line}`).join("\n"));
  }

  /** The first column to the left and the others to the right. */
  addTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const lines = [head, ["---", ...head.slice(1).map(() => "---:")], ...rows];
    this.#parts.push(lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n"));
  }

  print(): void {
    console.log(this.#text());
  }

  /** Puts it between the marks of `benchmarks/<question>/README.md`, in place of what an earlier run has put there. */
  async write(question: string): Promise<void> {
    const path = resolve("benchmarks", question, "README.md");
    const readme = await readFile(path, "utf8");
    const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
    if (begin < 0 || end < begin) throw new Error(`${path} has no lines "${BEGIN}" and "${END}".`);
    await writeFile(path, `${readme.slice(0, begin)}${BEGIN}\n${this.#text()}\n${readme.slice(end)}`);
  }

  #text(): string {
    const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}.`;
    return [machine, ...this.#parts].join("\n\n");
  }
}
