/** What is asked of a contestant in one turn. */
export interface Load {
  readonly port: number;
  /** Whole requests as they go over the wire. All connections take the next one in turn. */
  readonly requests: readonly string[];
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly answers: number;
  /** Of these, answers with status 400 or above. */
  readonly refused: number;
  /** Connections that failed, and requests that got no answer. */
  readonly failed: number;
  readonly seconds: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  /** What the client itself needed: near to `seconds`, it and not the contestant was measured. */
  readonly clientCpuSeconds: number;
}

export interface Client {
  readonly name: string;
  run(load: Load): Promise<LoadResult>;
  stop(): Promise<void>;
}
