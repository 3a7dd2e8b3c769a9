import { type RawAnswer, RawConnection } from "./raw-connection.ts";

const CONNECTIONS = 4;

/**
 * Has each of the requests answered, in whatever order, on connections that are kept. `write` makes the bytes of one, and
 * `look` sees what came of it.
 */
export async function sendAll<Request>(
  port: number,
  requests: readonly Request[],
  write: (request: Request) => string,
  look: (request: Request, answer: RawAnswer) => void,
): Promise<void> {
  const waiting = requests.values();
  const sendInTurn = async () => {
    const connection = new RawConnection(port);
    for (const request of waiting) look(request, await connection.send(write(request)));
    connection.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sendInTurn));
}
