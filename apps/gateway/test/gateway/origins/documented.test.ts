import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { documentedConfiguration, fillIn, freePort, missingProgram, NginxServer } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GatewayProcess } from "../../support/gateway-process.ts";
import { runCommand } from "../../support/run-command.ts";
import { ada, NamedService } from "./support/gateway-of-origins.ts";
import { OriginClient } from "./support/origin-client.ts";

const DOCUMENT = resolve(import.meta.dirname, "../../../../../docs/several-origins.md");
const APP = "https://app.example";
const MUSIC = "https://music.example";

describe.skipIf(missingProgram("nginx"))("docs/several-origins.md, as it stands there", () => {
  let app: NamedService;
  let music: NamedService;
  let folder: string;
  let gateway: GatewayProcess;
  let nginx: NginxServer;

  beforeAll(async () => {
    [app, music] = await Promise.all([NamedService.start("app"), NamedService.start("music")]);
    folder = await mkdtemp(join(tmpdir(), "coatcheck-origins-"));
    const port = await freePort();
    const { "gateway.json": configuration = "", ...proxyFiles } = documentedConfiguration(DOCUMENT, "/etc/nginx/");
    const addresses = { APP_ADDRESS: new URL(app.url).host, MUSIC_ADDRESS: new URL(music.url).host };
    const files = fillIn({ configuration }, addresses);
    await writeFile(join(folder, "gateway.json"), files.configuration ?? "");
    gateway = await GatewayProcess.create({
      PORT: String(port),
      HOST: "127.0.0.1",
      COATCHECK_CONFIG: join(folder, "gateway.json"),
    });
    await gateway.addUser(ada.email, ada.password, "Ada");
    await gateway.start();
    const GATEWAY_ADDRESS = `127.0.0.1:${port}`;
    nginx = await NginxServer.start((LISTEN_ADDRESS) => fillIn(proxyFiles, { LISTEN_ADDRESS, GATEWAY_ADDRESS }));
  });

  afterAll(async () => {
    await nginx?.stop();
    await gateway?.dispose();
    app?.stop();
    music?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function loggedIn(origin: string): Promise<OriginClient> {
    const client = new OriginClient(nginx.port, origin);
    expect((await client.login()).status).toBe(200);
    return client;
  }

  test("is a login for each origin, and the right service behind it", async () => {
    for (const [origin, name] of [
      [APP, "app"],
      [MUSIC, "music"],
    ] as const) {
      const client = await loggedIn(origin);
      expect((await client.send({ target: "/page" })).body).toBe(name);
      expect(await client.openSocket("/socket")).toBe(name);
    }
    const anonymous = [APP, MUSIC].map((origin) => new OriginClient(nginx.port, origin));
    const statuses = await Promise.all(anonymous.map((each) => each.send({ target: "/assets/x" })));
    expect(statuses.map(({ status }) => status)).toEqual([200, 401]);
  });

  test("keeps pages of one out of the other, and other hosts out of both", async () => {
    const client = await loggedIn(MUSIC);
    expect((await client.post("/page", {}, APP)).status).toBe(403);
    expect(await client.openSocket("/socket", APP)).toBe(403);
    expect((await client.send({ target: "/page", headers: { host: "other.example" } })).status).toBe(421);
  });

  test("is shown by config check, with the hosts of routes", async () => {
    const { stdout, exitCode } = await runCommand(["config", "check"], gateway.environment);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^publicUrl +${APP} .*\\n +${MUSIC}$`, "m"));
    expect(stdout).toContain(`music.example/ → ${music.url}`);
    const { stdout: json } = await runCommand(["config", "check", "--json"], gateway.environment);
    expect(JSON.parse(json)).toMatchObject({ publicUrl: [APP, MUSIC] });
  });
});
