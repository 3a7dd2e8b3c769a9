import { ChildProcess } from "node:child_process";
import { Server, Socket } from "node:net";

/**
 * Unit tests share a thread with others and run by the thousand: one that opened a port or started a process would slow
 * them all down, and might disturb its neighbours. Reached by whatever way, that fails.
 */
function refuse(what: string, kind: string): () => never {
  return () => {
    throw new Error(`A unit test ${what}. If it has to, name its file *.${kind}.test.ts.`);
  };
}

Server.prototype.listen = refuse("may not listen on a port", "http");
Socket.prototype.connect = refuse("may not connect to a server", "http");
Object.assign(ChildProcess.prototype, { spawn: refuse("may not start a process", "servers") });
