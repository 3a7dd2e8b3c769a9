import { nginx } from "./support/asking-proxies.ts";
import { proxyContract } from "./support/proxy-contract.ts";

proxyContract(nginx);
