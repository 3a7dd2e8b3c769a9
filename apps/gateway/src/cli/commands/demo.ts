import type { Command } from "../shared/command.ts";

export const demo: Command = {
  name: "demo",
  summary: "Runs everything on this machine alone, with users to try it with",
  synopsis: "",
  details: [],
  options: {},
  arguments: [],
  async run({ environment }) {
    const { runDemo } = await import("../../demo/demo.ts");
    await runDemo(environment);
  },
};
