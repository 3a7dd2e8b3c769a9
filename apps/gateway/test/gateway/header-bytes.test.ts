import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GatewayProcess } from "../support/gateway-process.ts";

let service: Server;
let gateway: GatewayProcess;
/** What the service answers with, and the requests that it got. */
let answer = Buffer.alloc(0);
let seen = "";

beforeAll(async () => {
  service = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (request) => {
      seen = request.toString("latin1");
      socket.end(answer);
    });
  }).listen(0, "127.0.0.1");
  await once(service, "listening");
  const upstream = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  gateway = await GatewayProcess.create({
    COATCHECK_ROUTES: JSON.stringify([{ path: "/", access: "public", upstream }]),
  });
  await gateway.start();
});

afterAll(async () => {
  service.close();
  await gateway.dispose();
});

/** The bytes of a text, a character each. */
const bytes = (text: string) => Buffer.from(text, "utf8").toString("latin1");

async function ask(method: string, headers = ""): Promise<string> {
  const { port } = new URL(gateway.url);
  const socket = connect(Number(port), "localhost");
  socket.write(`${method} /x HTTP/1.1\r\nHost: localhost:${port}\r\n${headers}Connection: close\r\n\r\n`, "latin1");
  return Buffer.concat(await socket.toArray()).toString("latin1");
}

const lines = {
  "a Chinese file name": `Content-Disposition: attachment; filename="${bytes("報告書.pdf")}"`,
  "a French file name": `Content-Disposition: attachment; filename="${bytes("résumé.pdf")}"`,
  "a file name in ISO-8859-1": 'Content-Disposition: attachment; filename="r\xe9sum\xe9.pdf"',
  "a path with accents": `Location: /${bytes("привет")}`,
  "a cookie with a name in it": `Set-Cookie: name=${bytes("Zoë")}; Path=/`,
  "every byte that may be there": `X-Bytes: ${Array.from({ length: 128 }, (_, index) => String.fromCharCode(128 + index)).join("")}.`,
};
const framings = {
  "its length after it": (line: string) => `200 OK\r\n${line}\r\nContent-Length: 2\r\n\r\nok`,
  "its length before it": (line: string) => `200 OK\r\nContent-Length: 2\r\n${line}\r\n\r\nok`,
  chunks: (line: string) => `200 OK\r\n${line}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
  "the end of the connection": (line: string) => `200 OK\r\n${line}\r\n\r\nok`,
  "no body": (line: string) => `204 No Content\r\n${line}\r\n\r\n`,
};

for (const [what, line] of Object.entries(lines)) {
  test.each(Object.entries(framings))(
    `${what} reaches the browser as the service wrote it, with %s`,
    async (_, frame) => {
      answer = Buffer.from(`HTTP/1.1 ${frame(line)}`, "latin1");
      for (const method of ["GET", "HEAD"]) {
        const [name = "", value = ""] = line.split(": ");
        expect(await ask(method)).toContain(`\r\n${name.toLowerCase()}: ${value}\r\n`);
      }
    },
  );
}

test("bytes beyond ASCII reach the service as the browser sent them", async () => {
  answer = Buffer.from("HTTP/1.1 204 No Content\r\n\r\n");
  await ask("GET", `X-Name: ${bytes("Zoë")}\r\nReferer: /r\xe9sum\xe9\r\n`);
  expect(seen).toContain(`\r\nx-name: ${bytes("Zoë")}\r\n`);
  expect(seen).toContain("\r\nreferer: /r\xe9sum\xe9\r\n");
});
