import { expect, test } from "vitest";
import { AnswerReader } from "../../http/answer-reader.ts";

const answers: Readonly<Record<string, string>> = {
  "with a Content-Length": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nVary: Cookie\r\n\r\nhello",
  "in chunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "without a body": "HTTP/1.1 200 OK\r\nVary: Cookie\r\n\r\n",
};

test.each(Object.entries(answers))("an answer %s is whole with its last byte, however it is cut", (_, text) => {
  for (let cut = 1; cut < text.length; cut += 1) {
    const statuses: number[] = [];
    const reader = new AnswerReader((status) => statuses.push(status));
    reader.read(Buffer.from(text.slice(0, cut)));
    expect(statuses).toEqual([]);
    reader.read(Buffer.from(text.slice(cut)));
    expect(statuses).toEqual([200]);
  }
});

test("each answer of a connection is told once, with its status", () => {
  const statuses: number[] = [];
  const reader = new AnswerReader((status) => statuses.push(status));
  for (const status of [200, 401, 204]) {
    reader.read(Buffer.from(`HTTP/1.1 ${status} Text\r\nContent-Length: 0\r\n\r\n`));
  }
  expect(statuses).toEqual([200, 401, 204]);
});
