import { haproxy } from "./support/asking-proxies.ts";
import { proxyContract } from "./support/proxy-contract.ts";

proxyContract(haproxy);
