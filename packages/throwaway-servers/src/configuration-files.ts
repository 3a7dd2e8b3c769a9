import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What a server is told, by the path of each file in its folder, once its address (`127.0.0.1:PORT`) is known. */
export type ConfigurationFiles = (listenAddress: string) => Readonly<Record<string, string>>;

export async function writeConfiguration(folder: string, port: number, files: ConfigurationFiles): Promise<void> {
  for (const [name, text] of Object.entries(files(`127.0.0.1:${port}`))) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
