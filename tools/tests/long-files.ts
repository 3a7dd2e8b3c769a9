/**
 * The files that take longest, and about how many seconds each: they are started first. CI prints the slowest after each
 * run. A list, because a fresh clone remembers nothing of earlier runs.
 */
export const longFiles: Readonly<Record<string, number>> = {
  "apps/gateway/test/gateway/black-box/on-postgres.test.ts": 60,
  "apps/gateway/test/gateway/black-box/on-redis.test.ts": 60,
  "apps/gateway/test/gateway/real-programs/forward-auth.test.ts": 60,
  "apps/gateway/test/gateway/real-programs/paths.test.ts": 50,
  "apps/gateway/test/gateway/black-box/on-sqlite.test.ts": 45,
  "apps/gateway/test/gateway/faults.test.ts": 35,
  "apps/gateway/test/gateway/remote-faults.test.ts": 35,
  "apps/gateway/test/gateway/failover.test.ts": 30,
  "e2e/test/problem-pages.test.ts": 30,
  "e2e/test/appearance.test.ts": 30,
  "examples/music/test/player.browser.test.ts": 30,
  "apps/gateway/test/cli/users.test.ts": 30,
  "apps/gateway/test/gateway/two-gateways.test.ts": 25,
  "e2e/test/reauthentication.test.ts": 25,
  "e2e/test/devices.test.ts": 20,
  "e2e/test/music.test.ts": 20,
  "e2e/test/protection.test.ts": 20,
  "packages/coatcheck/test/bundled/next.test.ts": 20,
  "packages/coatcheck/test/stores/redis-faults/redis-cluster-failover.test.ts": 20,
  "packages/coatcheck/test/stores/redis-faults/redis-sentinel-failover.test.ts": 20,
  "examples/music/test/songs.files.test.ts": 15,
  "packages/coatcheck/test/http/rotation-simulation.test.ts": 7,
  "packages/coatcheck/test/core/rotation-properties.test.ts": 2,
};
