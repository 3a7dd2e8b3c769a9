export interface Address {
  readonly host: string;
  readonly port: number;
}

interface Listening {
  readonly port: number;
}

/** Every server here listens on the loopback address alone. */
export function addressesOf(servers: readonly Listening[]): readonly Address[] {
  return servers.map(({ port }) => ({ host: "127.0.0.1", port }));
}

export function hostList(servers: readonly Listening[]): string {
  return addressesOf(servers)
    .map(({ host, port }) => `${host}:${port}`)
    .join(",");
}
