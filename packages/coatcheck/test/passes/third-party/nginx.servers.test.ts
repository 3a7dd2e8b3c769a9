import { missingProgram, NginxServer } from "@coatcheck/throwaway-servers";
import { expect, test } from "vitest";
import { SONG, withToken } from "./support/bad-requests.ts";
import { verifierContract } from "./support/verifier-contract.ts";

verifierContract(
  {
    document: "nginx.md",
    configurationFolder: "/etc/nginx/",
    isMissing: missingProgram("nginx") || missingProgram("ngx_http_js_module.so"),
    opensEncodedNames: true,
    start: (files) => NginxServer.start(files),
  },
  (bench) => {
    test("no client reaches the script directly", async () => {
      const { office, send } = bench();
      expect((await send({ target: withToken("/.pass", await office.passFor(SONG)) })).status).toBe(404);
    });
  },
);
