import { expect, test } from "vitest";
import { KeyedBoundedWork } from "../../../src/accounts/throttling/keyed-bounded-work.ts";

/** Tasks that note when they start, and end when they are told to. */
class Tasks {
  readonly started: string[] = [];
  readonly #ends = new Map<string, () => void>();

  task(name: string): () => Promise<string> {
    return () => {
      this.started.push(name);
      return new Promise((resolve) => this.#ends.set(name, () => resolve(name)));
    };
  }

  end(name: string): void {
    this.#ends.get(name)?.();
  }
}

test("as many tasks of one key as allowed are under way, the others wait in turn, and more are not taken", async () => {
  const work = new KeyedBoundedWork({ concurrency: 2, maximumWaiting: 2 });
  const tasks = new Tasks();
  const runs = ["1", "2", "3", "4"].map((name) => work.run("a", tasks.task(name)));
  expect(work.run("a", tasks.task("5"))).toBeNull();
  await expect.poll(() => tasks.started).toEqual(["1", "2"]);
  tasks.end("2");
  await expect.poll(() => tasks.started).toEqual(["1", "2", "3"]);
  const sixth = work.run("a", tasks.task("6"));
  for (const name of ["1", "3", "4", "6"]) {
    await expect.poll(() => tasks.started).toContain(name);
    tasks.end(name);
  }
  expect(await Promise.all([...runs, sixth])).toEqual(["1", "2", "3", "4", "6"]);
});

test("tasks of different keys do not wait for each other", async () => {
  const work = new KeyedBoundedWork({ concurrency: 1, maximumWaiting: 0 });
  const tasks = new Tasks();
  const runs = ["a", "b", "c"].map((key) => work.run(key, tasks.task(key)));
  await expect.poll(() => tasks.started).toEqual(["a", "b", "c"]);
  for (const key of tasks.started) tasks.end(key);
  await Promise.all(runs);
});

test("a task that fails gives its place to the next", async () => {
  const work = new KeyedBoundedWork({ concurrency: 1, maximumWaiting: 1 });
  const failing = work.run("a", async () => {
    throw new Error("failed");
  });
  const next = work.run("a", async () => "done");
  await expect(failing).rejects.toThrow("failed");
  expect(await next).toBe("done");
});

test("a key is remembered only while it has work", async () => {
  const work = new KeyedBoundedWork({ concurrency: 2, maximumWaiting: 100 });
  const runs = Array.from({ length: 300 }, (_, index) => work.run(`${index % 10}`, async () => index));
  expect(work.size).toBe(10);
  await Promise.all(runs);
  expect(work.size).toBe(0);
});

test("a key that comes back while its last tasks end is not forgotten with them", async () => {
  async function turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) await null;
  }
  // However the microtasks of the three fall.
  for (let first = 0; first < 5; first++) {
    for (let third = 0; third < 15; third++) {
      const work = new KeyedBoundedWork({ concurrency: 2, maximumWaiting: 0 });
      const tasks = new Tasks();
      const ending = [work.run("a", () => turns(first)), work.run("a", () => turns(2))];
      await turns(third);
      const last = work.run("a", tasks.task("last"));
      await Promise.all(ending);
      if (last === null) continue;
      expect(work.size).toBe(1);
      tasks.end("last");
      await last;
    }
  }
});
