import type { Command } from "../shared/command.ts";

export const demo: Command = {
  name: "demo",
  summary: "Runs the whole demo, on this machine only, with users to try",
  synopsis: "",
  details: [],
  options: {},
  arguments: [],
  async run({ environment }) {
    const { runDemo } = await import("../../demo/demo.ts");
    await runDemo(environment);
  },
};
