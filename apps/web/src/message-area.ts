import { find, make } from "./dom.ts";
import { failureText, type Wording } from "./failure-text.ts";
import type { Failure } from "./outcome.ts";
import { durationText } from "./time-text.ts";

const DEFAULT_WAIT_SECONDS = 30;

/**
 * The one place where a form or a section says what went wrong or right. Both of its paragraphs are live regions that
 * are on the page from the start, so that screen readers announce what is put into them.
 */
export class MessageArea {
  readonly #problem: HTMLElement;
  readonly #notice: HTMLElement;
  #endWait: (() => void) | null = null;

  constructor(container: ParentNode) {
    this.#problem = find("[role=alert]", HTMLElement, container);
    this.#notice = find("[role=status]", HTMLElement, container);
  }

  showNotice(text: string): void {
    this.clear();
    this.#notice.textContent = text;
    this.#notice.scrollIntoView({ block: "nearest" });
  }

  showProblem(text: string): void {
    this.clear();
    this.#problem.textContent = text;
    this.#problem.scrollIntoView({ block: "nearest" });
  }

  /** Resolves when the person may try again: at once, unless the server said to wait. */
  async showFailure(failure: Failure, wording?: Wording): Promise<void> {
    const text = failureText(failure, wording);
    this.showProblem(text);
    if (failure.kind !== "refused" || failure.status !== 429) return;
    await this.#countDown(text, failure.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS);
  }

  clear(): void {
    this.#endWait?.();
    this.#problem.replaceChildren();
    this.#notice.replaceChildren();
  }

  #countDown(reason: string, seconds: number): Promise<void> {
    // A deadline rather than a counter: timers stand still while a laptop sleeps.
    const deadline = Date.now() + seconds * 1_000;
    // Role `timer` is not live: the alert is read out once, not every second.
    const remaining = make("span", { role: "timer" }, durationText(seconds));
    this.#problem.replaceChildren(`${reason} You can try again in `, remaining, ".");

    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const left = Math.ceil((deadline - Date.now()) / 1_000);
        remaining.textContent = durationText(Math.max(0, left));
        if (left > 0) return;
        this.clear();
        // Not scrolled to: the person may be busy elsewhere on the page by now.
        this.#notice.textContent = "You can try again now.";
      }, 250);
      this.#endWait = () => {
        clearInterval(timer);
        this.#endWait = null;
        resolve();
      };
    });
  }
}
