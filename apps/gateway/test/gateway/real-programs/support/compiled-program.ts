import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A program in C, compiled into a folder of its own that every user may read. */
export class CompiledProgram {
  readonly path: string;
  readonly #folder: string;

  private constructor(folder: string, path: string) {
    this.#folder = folder;
    this.path = path;
  }

  static async of(source: string): Promise<CompiledProgram> {
    const folder = await mkdtemp(join(tmpdir(), "coatcheck-program-"));
    const path = join(folder, "program");
    await promisify(execFile)("cc", ["-O1", "-static", "-Wall", "-Werror", "-o", path, source]);
    for (const each of [folder, path]) await chmod(each, 0o755);
    return new CompiledProgram(folder, path);
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}
