import { freePort } from "@coatcheck/throwaway-servers";
import { GatewayProcess } from "../../../support/gateway-process.ts";
import type { Environment } from "../../../support/run-command.ts";
import { ORIGIN } from "./visitor.ts";

export const ada = { email: "ada@example.com", password: "counting analytical engines" };

/** A gateway that answers proxies which ask from 127.0.0.1, and known to browsers by the proxy's name alone. */
export class GatewayForProxies {
  readonly process: GatewayProcess;
  readonly port: number;

  static async create(settings: Environment = {}): Promise<GatewayForProxies> {
    const port = await freePort();
    const process = await GatewayProcess.create({
      PORT: String(port),
      HOST: "127.0.0.1",
      COATCHECK_PUBLIC_URL: ORIGIN,
      COATCHECK_FORWARD_AUTH: "true",
      COATCHECK_TRUSTED_PROXIES: "127.0.0.1",
      ...settings,
    });
    await process.addUser(ada.email, ada.password, "Ada");
    await process.start();
    return new GatewayForProxies(process, port);
  }

  private constructor(process: GatewayProcess, port: number) {
    this.process = process;
    this.port = port;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  dispose(): Promise<void> {
    return this.process.dispose();
  }
}
