import { Gateway, gatewayOf } from "../gateway-process.ts";

const SESSIONS = 20;
const ada = { email: "ada@example.com", password: "counting analytical engines" };

export interface GatewayOptions {
  readonly folder: string;
  readonly upstream: string;
  readonly access: "public" | "login";
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Of Node, besides those of all contestants. */
  readonly flags?: readonly string[];
  /** The folder of another checkout, whose gateway it is. */
  readonly otherBuild?: string | undefined;
}

export interface ServedGateway {
  readonly gateway: Gateway;
  /** The `Cookie` of each of its sessions. */
  readonly cookies: readonly string[];
}

/** A gateway with one route, before which one user has logged in several times. */
export async function startGateway(options: GatewayOptions): Promise<ServedGateway> {
  const { folder, upstream, access, environment, flags, otherBuild = "." } = options;
  const variables = {
    COATCHECK_DATA: folder,
    COATCHECK_ROUTES: JSON.stringify([{ path: "/app/", upstream, access }]),
    COATCHECK_FORWARD_AUTH: "true",
    COATCHECK_TRUSTED_PROXIES: "127.0.0.1,::1",
    COATCHECK_LOG_LEVEL: "warn",
    ...environment,
  };
  const gateway = await Gateway.create(variables, gatewayOf(otherBuild));
  await gateway.startOnServerCore(flags);
  await gateway.addUser(ada.email, ada.password);
  const cookies: string[] = [];
  for (let index = 0; index < SESSIONS; index += 1) {
    cookies.push(`${gateway.cookieName}=${await gateway.login(ada.email, ada.password)}`);
  }
  return { gateway, cookies };
}
