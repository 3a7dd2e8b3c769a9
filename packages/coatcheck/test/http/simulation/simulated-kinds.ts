import { type Network, SimulatedClient, type World } from "./simulated-client.ts";
import { exchanges } from "./simulated-site.ts";

const HOUR = 3_600;
export const DAY = 24 * HOUR;
export const DAYS = 8;

/** A kind of client, and for how many of them a story is told. `owner` is the user that must not be signed out. */
export interface Kind {
  readonly name: string;
  readonly sessions: number;
  /** Whether nothing but the owner's own client has the cookie, so that the owner must stay signed in. */
  readonly mustStay: boolean;
  /** Whether each of them must have been sent a new secret. */
  readonly isOrdinary?: boolean;
  readonly begin: (
    world: World,
    cookie: string,
  ) => { readonly owner: SimulatedClient; readonly thief?: SimulatedClient };
}

/** Lets something happen some times a day, at hours of the client's own, from the first day to the last. */
function daily(world: World, timesADay: number, happen: () => void, days = DAYS): void {
  for (let day = 0; day < days; day++) {
    for (let time = 0; time < timesADay; time++) world.time.in(day * DAY + world.random() * DAY, happen);
  }
}

/** A thief who comes back every four minutes for an hour from when a new secret is due, so as to be first. */
function dailyFirst(world: World, happen: () => void): void {
  for (let day = 1; day < DAYS; day++) {
    for (let minute = 0; minute <= 60; minute += 4) world.time.in(day * DAY + minute * 60, happen);
  }
}

function browser(act: (client: SimulatedClient, world: World) => void, options: { network?: Network } = {}) {
  return (world: World, cookie: string) => {
    const owner = new SimulatedClient(world, cookie, options);
    act(owner, world);
    return { owner };
  };
}

function deaf(timesADay: number, exchange: (typeof exchanges)[keyof typeof exchanges]) {
  return (world: World, cookie: string) => {
    const owner = new SimulatedClient(world, cookie, { takesCookies: false });
    daily(world, timesADay, () => owner.send(exchange));
    return { owner };
  };
}

/** An owner who uses a browser, and a thief who copied the cookie at the beginning. */
function theft(takesCookies: boolean, isOwnerActive: boolean, act: (thief: SimulatedClient, world: World) => void) {
  return (world: World, cookie: string) => {
    const owner = new SimulatedClient(world, cookie);
    const thief = new SimulatedClient(world, cookie, { takesCookies });
    if (isOwnerActive) daily(world, 1, () => owner.openPage());
    act(thief, world);
    return { owner, thief };
  };
}

const bad: Network = { requestsLost: 0.1, answersLost: 0.3, answersHeldBack: 0.2 };

export const kinds: readonly Kind[] = [
  {
    name: "a browser with one tab",
    sessions: 1_000,
    isOrdinary: true,
    mustStay: true,
    begin: browser((client, world) => daily(world, 1, () => client.openPage())),
  },
  {
    name: "a browser that opens three tabs at once",
    sessions: 1_000,
    isOrdinary: true,
    mustStay: true,
    begin: browser((client, world) =>
      daily(world, 1, () => {
        for (let tab = 0; tab < 3; tab++) client.openPage();
      }),
    ),
  },
  {
    name: "a browser on a lossy network",
    sessions: 1_500,
    isOrdinary: true,
    mustStay: true,
    begin: browser((client, world) => daily(world, 2, () => client.openPage()), { network: bad }),
  },
  {
    name: "a server in between that hands on the cookie and drops Set-Cookie",
    sessions: 1_000,
    mustStay: true,
    begin: deaf(3, exchanges.cookieHandedOn),
  },
  {
    name: "the same, and every header of a page's request",
    sessions: 500,
    mustStay: true,
    begin: deaf(3, exchanges.pageHandedOn),
  },
  {
    name: "the same, and every header of a script's request",
    sessions: 1_000,
    mustStay: true,
    begin: deaf(3, exchanges.scriptHandedOn),
  },
  {
    name: "such a server and the browser itself, at the same time",
    sessions: 1_000,
    mustStay: true,
    begin: browser((client, world) =>
      daily(world, 1, () => {
        client.sendThroughServer(exchanges.scriptHandedOn);
        client.openPage();
        world.time.in(60, () => client.sendThroughServer(exchanges.scriptHandedOn));
      }),
    ),
  },
  {
    name: "a cookie file that is never written back",
    sessions: 500,
    mustStay: true,
    begin: deaf(3, exchanges.bare),
  },
  {
    name: "the same, with a browser's headers copied",
    sessions: 500,
    mustStay: true,
    begin: deaf(3, exchanges.script),
  },
  {
    name: "a browser without Fetch Metadata",
    sessions: 500,
    mustStay: true,
    begin: browser((client, world) => daily(world, 3, () => client.send(exchanges.bare))),
  },
  {
    name: "a browser that crashes each day, a quarter of an hour after a page",
    sessions: 500,
    isOrdinary: true,
    mustStay: true,
    begin: browser((client, world) =>
      daily(world, 2, () => {
        client.openPage();
        world.time.in(900, () => client.crash());
      }),
    ),
  },
  {
    name: "a browser that crashes each day, within half a minute of a page",
    sessions: 250,
    mustStay: false,
    begin: browser((client, world) =>
      daily(world, 2, () => {
        client.openPage();
        world.time.in(5 + world.random() * 20, () => client.crash());
      }),
    ),
  },
  {
    name: "a thief in a browser, who takes new cookies up",
    sessions: 250,
    mustStay: false,
    begin: theft(true, true, (thief, world) => daily(world, 1, () => thief.openPage())),
  },
  {
    name: "a thief who drops every Set-Cookie",
    sessions: 250,
    mustStay: false,
    begin: theft(false, true, (thief, world) => daily(world, 1, () => thief.send(exchanges.bare))),
  },
  {
    name: "the same, first each day to be sent the new secret",
    sessions: 125,
    mustStay: false,
    begin: theft(false, true, (thief, world) => dailyFirst(world, () => thief.send(exchanges.script))),
  },
  {
    name: "a thief whose victim never comes back",
    sessions: 125,
    mustStay: false,
    begin: theft(false, false, (thief, world) => daily(world, 1, () => thief.send(exchanges.script))),
  },
];
