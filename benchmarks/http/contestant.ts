/** One program that is asked over HTTP. */
export interface HttpContestant {
  readonly name: string;
  readonly port: number;
  /** Whole requests as they go over the wire, such as `browserRequest` writes them. Each must be answered with 200. */
  readonly requests: readonly string[];
  /** What every answer says, beside other things. */
  readonly answer: string;
  /** What a request is charged with: the CPU of these processes and their children. */
  readonly processes: readonly number[];
}
