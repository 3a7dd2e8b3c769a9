/** A type and no interface: what goes into a session's data is plain JSON, and only a type is known to be closed. */
export type CartItem = {
  readonly item: string;
  readonly price: number;
};

export interface ShopOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Asks the price service, which takes its time. */
  readonly priceOf?: (item: string) => Promise<number>;
}

export async function fixedPrice(): Promise<number> {
  return 12;
}
