/**
 * The files that take longest, and about how many seconds each: they are started first. CI prints the slowest after each
 * run. A list, because a fresh clone remembers nothing of earlier runs.
 */
export const longFiles: Readonly<Record<string, number>> = {
  "apps/gateway/test/gateway/black-box/on-postgres.test.ts": 60,
  "apps/gateway/test/gateway/black-box/on-redis.test.ts": 60,
  "apps/gateway/test/gateway/real-programs/forward-auth.test.ts": 60,
  "apps/gateway/test/gateway/real-programs/paths.test.ts": 60,
  "apps/gateway/test/gateway/black-box/on-sqlite.test.ts": 50,
  "apps/gateway/test/cli/users.test.ts": 30,
};
