import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { longFiles } from "./long-files.ts";

/** Starts the longest files first, of all kinds that run together, so that all workers end at about the same time. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config;
    const groupOf = (file: TestSpecification) => file.project.config.sequence.groupOrder;
    const secondsOf = (file: TestSpecification) => longFiles[relative(root, file.moduleId).replaceAll("\\", "/")] ?? 0;
    const sorted = await super.sort(files);
    return sorted.sort((one, other) => groupOf(one) - groupOf(other) || secondsOf(other) - secondsOf(one));
  }
}
