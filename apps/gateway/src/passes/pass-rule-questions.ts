import { BoundedWork } from "../accounts/throttling/bounded-work.ts";
import { KeyedBoundedWork } from "../accounts/throttling/keyed-bounded-work.ts";
import { GatewayError } from "../errors.ts";

/** The outcome of a question: an answer, a fault, or a refusal to ask because too many others wait. */
export const questionOutcomes = ["allowed", "forbidden", "fault", "overloaded"] as const;
export type QuestionOutcome = (typeof questionOutcomes)[number];

/** As many as one request asks at a time: a user who sends many requests at once gets no more than that. */
const OF_A_USER = { concurrency: 4, maximumWaiting: 100 };
const ALTOGETHER = { concurrency: 16, maximumWaiting: 64 };
const RETRY_AFTER_SECONDS = 2;
const MESSAGE = "The application is being asked about too many passes.";

/**
 * PassRuleQuestions limits how many questions go to the application that decides about passes, for each user and in
 * all. Further ones wait in turn, and are refused if they would wait too long.
 */
export class PassRuleQuestions {
  readonly #ofUsers = new KeyedBoundedWork(OF_A_USER);
  readonly #altogether = new BoundedWork(ALTOGETHER.concurrency, ALTOGETHER.maximumWaiting, MESSAGE);
  readonly #onQuestion: (outcome: QuestionOutcome) => void;

  constructor(onQuestion: (outcome: QuestionOutcome) => void = () => {}) {
    this.#onQuestion = onQuestion;
  }

  /** @throws GatewayError `overloaded`, with nothing asked; also whatever `ask` throws */
  async run(userId: string, ask: () => Promise<boolean>): Promise<boolean> {
    try {
      const isAllowed = await (this.#ofUsers.run(userId, () => this.#altogether.run(ask)) ?? refuse());
      this.#onQuestion(isAllowed ? "allowed" : "forbidden");
      return isAllowed;
    } catch (error) {
      this.#onQuestion(error instanceof GatewayError && error.code === "overloaded" ? "overloaded" : "fault");
      throw error;
    }
  }
}

function refuse(): never {
  throw new GatewayError("overloaded", MESSAGE, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}
