import { type Command, configurationOption } from "../shared/command.ts";
import { configurationOf } from "../shared/open-for-command.ts";

export const gateway: Command = {
  name: "gateway",
  summary: "Runs the gateway until it is stopped",
  synopsis: "",
  details: [],
  options: configurationOption,
  arguments: [],
  async run(invocation) {
    const configuration = configurationOf(invocation, { creates: "if named" });
    // The server and its framework are loaded for the two commands that need them.
    const { runGateway } = await import("../../main.ts");
    await runGateway(configuration);
  },
};
