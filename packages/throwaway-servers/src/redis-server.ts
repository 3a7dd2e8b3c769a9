import { programPath } from "./programs.ts";
import { runProgram } from "./run-program.ts";
import { ThrowawayServer } from "./throwaway-server.ts";

export interface RedisServerOptions {
  /** Arguments of redis-server, such as `["--appendonly", "yes"]`. Without any, nothing is kept over a restart. */
  readonly arguments?: readonly string[];
}

const NOTHING_KEPT = ["--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0"];

/** A Redis of its own. */
export class RedisServer {
  readonly #server: ThrowawayServer;

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const { arguments: given = [] } = options;
    return new RedisServer(
      await ThrowawayServer.start({
        program: "redis-server",
        readyMessage: "Ready to accept connections",
        stopSignal: "SIGKILL",
        programArguments: (folder, port) => [
          "--port",
          String(port),
          "--bind",
          "127.0.0.1",
          "--dir",
          folder,
          // Of two settings with one name the later one counts.
          ...NOTHING_KEPT,
          ...given,
        ],
      }),
    );
  }

  private constructor(server: ThrowawayServer) {
    this.#server = server;
  }

  get port(): number {
    return this.#server.port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get folder(): string {
    return this.#server.folder;
  }

  /** Whether it can answer: neither killed nor paused. */
  get answers(): boolean {
    return this.#server.answers;
  }

  /** Runs a command by redis-cli and returns what that prints. An error of Redis is thrown. */
  command(...words: string[]): Promise<string> {
    return redisCommand(this.port, words);
  }

  kill(signal?: NodeJS.Signals): Promise<void> {
    return this.#server.kill(signal);
  }

  /** Starts it again with the port, the folder and the arguments that it had. */
  restart(): Promise<void> {
    return this.#server.restart();
  }

  /** Leaves its connections open and answers nothing until `resume`. */
  pause(): void {
    this.#server.pause();
  }

  resume(): void {
    this.#server.resume();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}

/** `-e` makes an error of Redis one of redis-cli. */
export function redisCommand(port: number, words: readonly string[]): Promise<string> {
  return runProgram(programPath("redis-cli"), ["-e", "-p", String(port), ...words]);
}
