import { type Exchange, exchanges, type SimulatedSite } from "./simulated-site.ts";
import type { SimulatedTime } from "./simulated-time.ts";

export interface World {
  readonly site: SimulatedSite;
  readonly time: SimulatedTime;
  readonly random: () => number;
}

/** What a network does to requests and answers: shares of all, from 0 to 1. */
export interface Network {
  readonly requestsLost: number;
  readonly answersLost: number;
  /** Answers that it holds back, for up to ten minutes. */
  readonly answersHeldBack: number;
}

const goodNetwork: Network = { requestsLost: 0, answersLost: 0, answersHeldBack: 0 };

/** SimulatedClient holds one cookie, presents it, and takes up what answers set, if it is of that kind. */
export class SimulatedClient {
  /** When it was first refused, in seconds; null while it is signed in. */
  signedOutAt: number | null = null;
  cookie: string;
  readonly #world: World;
  readonly #network: Network;
  readonly #takesCookies: boolean;
  /** What a crash brings back: the cookie as it was on the disk. */
  #onDisk: string;
  #crashes = 0;

  constructor(world: World, cookie: string, { takesCookies = true, network = goodNetwork } = {}) {
    this.#world = world;
    this.cookie = cookie;
    this.#onDisk = cookie;
    this.#network = network;
    this.#takesCookies = takesCookies;
  }

  /** Sends a request with the cookie as it is now. */
  send(exchange: Exchange): void {
    this.present(this.cookie, exchange, (setCookie) => this.#take(setCookie));
  }

  /** Sends it through a server that asks in its place, with its cookie, and drops what the answer sets. */
  sendThroughServer(exchange: Exchange): void {
    this.present(this.cookie, exchange, () => {});
  }

  /** Opens a page, whose script then asks for two things at once. */
  openPage(): void {
    this.send(exchanges.page);
    this.#world.time.in(2, () => {
      for (let count = 0; count < 2; count++) this.send(exchanges.script);
    });
  }

  /** Starts anew with what was on the disk. Answers that are under way are lost. */
  crash(): void {
    this.cookie = this.#onDisk;
    this.#crashes++;
  }

  present(cookie: string, exchange: Exchange, take: (setCookie: string) => void): void {
    const { site, time, random } = this.#world;
    const crashes = this.#crashes;
    if (random() < this.#network.requestsLost) return;
    time.in(0.02 + random(), async () => {
      const answer = await site.answer(cookie, exchange, random() < 0.5 ? 0 : 1);
      if (!answer.isLoggedIn) this.signedOutAt ??= time.seconds;
      const { setCookie } = answer;
      if (setCookie === null || random() < this.#network.answersLost) return;
      const isHeldBack = random() < this.#network.answersHeldBack;
      time.in(0.02 + random() * (isHeldBack ? 600 : 1), () => {
        if (crashes === this.#crashes) take(setCookie);
      });
    });
  }

  #take(setCookie: string): void {
    if (!this.#takesCookies) return;
    this.cookie = setCookie;
    // As browsers do, it writes its cookies half a minute later.
    this.#world.time.in(30, () => {
      if (this.cookie === setCookie) this.#onDisk = setCookie;
    });
  }
}
