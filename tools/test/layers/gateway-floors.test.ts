import { expect, test } from "vitest";
import { floorLayers } from "../../layers/gateway-floors.ts";
import { importProblems } from "../../layers/import-rules.ts";

const published = new Set(["coatcheck"]);

/** The problems of one file of the gateway that imports one other. */
function problemsOf(path: string, to: string): readonly string[] {
  const edge = { from: path, to, specifier: to, line: 1, typeOnly: true };
  return importProblems(path, [edge], floorLayers(), published);
}

const gateway = "apps/gateway/src";
const mayNot = [
  { from: "http/log.ts", to: "audit/vocabulary.ts", why: "HTTP knows no accounts and no events about them" },
  { from: "http/served-host.ts", to: "api/key-sets.ts", why: "what every answer needs knows no call" },
  { from: "metrics/serve-metrics.ts", to: "proxy/connections/live-connections.ts", why: "parts are handed in" },
  { from: "accounts/account-store.ts", to: "storage/sqlite/sqlite-account-store.ts", why: "accounts know no SQL" },
  { from: "proxy/upstream/upstreams.ts", to: "proxy/request-gate.ts", why: "a folder stands on the folders in it" },
  { from: "api/login.ts", to: "server.ts", why: "the server stands on its calls" },
];

test.each(mayNot)("$from may not import $to: $why", ({ from, to }) => {
  expect(problemsOf(`${gateway}/${from}`, `${gateway}/${to}`)).toHaveLength(1);
});

const may = [
  { from: "proxy/request-gate.ts", to: "proxy/upstream/upstreams.ts" },
  { from: "storage/sqlite/sqlite-account-store.ts", to: "accounts/account-store.ts" },
  { from: "api/login.ts", to: "api/session-view.ts" },
  { from: "gateway.ts", to: "proxy/websocket/upgrades.ts" },
];

test.each(may)("$from may import $to", ({ from, to }) => {
  expect(problemsOf(`${gateway}/${from}`, `${gateway}/${to}`)).toEqual([]);
});

test("a file in the root of the sources has no floor, but for the four that are named", () => {
  expect(problemsOf(`${gateway}/helpers.ts`, "node:fs")).toEqual([
    `${gateway}/helpers.ts: no layer has this file. Add it to tools/layers/layer-table.ts.`,
  ]);
});

test("a floor cannot stand on one that is not below it", () => {
  const floors = [
    { place: "below", on: ["above"] },
    { place: "above", on: [] },
  ];
  expect(() => floorLayers(floors)).toThrow("below stands on above, which is not below it");
});

test("a floor that it names with a slash is every folder in there", () => {
  const floors = [
    { place: "accounts", on: [] },
    { place: "accounts/passwords", on: ["accounts"] },
    { place: "accountings", on: [] },
    { place: "server.ts", on: ["accounts/"] },
  ];
  expect(floorLayers(floors).at(-1)?.imports).toEqual([
    `${gateway}/server.ts`,
    `${gateway}/accounts/*`,
    `${gateway}/accounts/passwords/*`,
  ]);
});
