import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import express4 from "express4";
import Fastify from "fastify";
import type { Reading } from "./reading.ts";

export interface RunningService {
  readonly port: number;
  stop(): Promise<void>;
}

/** By the URL, as the documentation of `node:http` reads one, and by the text of it: who is let in by either acts. */
export function startNodeService(): Promise<RunningService> {
  return listen((request, response) => {
    const { url = "" } = request;
    const written = url.split("?", 1)[0] ?? "";
    const paths = [URL.canParse(url, "http://service") ? new URL(url, "http://service").pathname : written, written];
    const acted = paths.map(partOf).find((part) => part !== "other") ?? "other";
    response.end(JSON.stringify(reading(request, acted, paths[0] ?? "")));
  });
}

export function startExpressService(version: 4 | 5): Promise<RunningService> {
  const app = (version === 4 ? (express4 as typeof express) : express)();
  // Its parts see no more of the path than what is theirs.
  app.use((request, response, next) => {
    response.locals.path = request.path;
    next();
  });
  for (const part of ["admin", "tasks"] as const) {
    app.use(`/${part}`, (request, response) => {
      response.json(reading(request, part, String(response.locals.path)));
    });
  }
  app.use((request, response) => {
    response.json(reading(request, "other", request.path));
  });
  return listen(app);
}

export async function startFastifyService(): Promise<RunningService> {
  const app = Fastify();
  for (const part of ["admin", "tasks"] as const) {
    app.all(`/${part}`, ({ raw }) => reading(raw, part, `/${part}`));
    app.all<{ Params: { "*": string } }>(`/${part}/*`, ({ raw, params }) =>
      reading(raw, part, encodeURI(`/${part}/${params["*"]}`)),
    );
  }
  app.all<{ Params: { "*": string } }>("/*", ({ raw, params }) => reading(raw, "other", `/${encode(params["*"])}`));
  await app.listen({ host: "127.0.0.1", port: 0 });
  return { port: (app.server.address() as AddressInfo).port, stop: () => app.close() };
}

async function listen(listener: RequestListener): Promise<RunningService> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { port: (server.address() as AddressInfo).port, stop };
}

function partOf(path: string): Reading["acted"] {
  const [, part] = /^\/(admin|tasks)(?:\/|$)/.exec(path) ?? [];
  return part === "admin" || part === "tasks" ? part : "other";
}

function encode(decoded: string): string {
  return decoded.split("/").map(encodeURIComponent).join("/");
}

function reading({ method = "", headers }: IncomingMessage, acted: Reading["acted"], path: string): Reading {
  const variables = Object.entries(headers).map(([name, value]) => [name, String(value ?? "")]);
  return { acted, path, method, host: headers.host ?? "", variables: Object.fromEntries(variables) };
}
