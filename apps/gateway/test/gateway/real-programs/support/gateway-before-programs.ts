import { freePort } from "@coatcheck/throwaway-servers";
import { GatewayProcess } from "../../../support/gateway-process.ts";
import { logIn } from "./log-in.ts";
import type { RunningService } from "./node-services.ts";
import type { RealProgram } from "./programs.ts";

/** He is logged in, and has no role. */
export const bob = { email: "bob@example.com", password: "umbrella violin tundra cactus", name: "Bob" };

/** What Bob may open, what he may not, and what is open to all, of each program on a host of its own. */
export class GatewayBeforePrograms {
  readonly port: number;
  /** Bob's: it is good on each of the hosts. */
  readonly cookie: string;
  readonly bobsId: string;
  readonly #process: GatewayProcess;
  readonly #services: readonly RunningService[];

  static async start(programs: readonly RealProgram[]): Promise<GatewayBeforePrograms> {
    const services = await Promise.all(programs.map((program) => program.start()));
    const port = await freePort();
    const process = await GatewayProcess.create({
      PORT: String(port),
      HOST: "127.0.0.1",
      COATCHECK_PUBLIC_URL: programs.map(({ host }) => `https://${host}`).join(","),
      COATCHECK_TRUSTED_PROXIES: "127.0.0.1",
      COATCHECK_LOG_LEVEL: "error",
      COATCHECK_ROUTES: JSON.stringify(programs.flatMap((program, at) => routesOf(program, services[at]?.port ?? 0))),
    });
    await process.addUser(bob.email, bob.password, bob.name);
    await process.start();
    const { cookie, userId } = await logIn({ port, host: programs[0]?.host ?? "" }, bob);
    return new GatewayBeforePrograms({ process, services, port, cookie, bobsId: userId });
  }

  private constructor(parts: {
    readonly process: GatewayProcess;
    readonly services: readonly RunningService[];
    readonly port: number;
    readonly cookie: string;
    readonly bobsId: string;
  }) {
    this.#process = parts.process;
    this.#services = parts.services;
    this.port = parts.port;
    this.cookie = parts.cookie;
    this.bobsId = parts.bobsId;
  }

  async dispose(): Promise<void> {
    await this.#process.dispose();
    await Promise.all(this.#services.map((service) => service.stop()));
  }
}

/** Each way in which a route may say that a path is meant. */
const ALL_ALLOWANCES = {
  allowEncodedSlash: true,
  allowParameters: true,
  allowEncodedPercent: true,
  allowEmptySegments: true,
  allowNonUtf8: true,
};

function routesOf({ host }: RealProgram, port: number): readonly object[] {
  const common = { host, upstream: `http://127.0.0.1:${port}`, identityHeaders: true };
  return [
    { ...common, path: "/", access: "login" },
    { ...common, path: "/public/", access: "public" },
    { ...common, path: "/lenient/", access: "login", ...ALL_ALLOWANCES },
    { ...common, path: "/admin/", access: "role:admin" },
    { ...common, path: "/tasks/", access: "role:admin" },
  ];
}
