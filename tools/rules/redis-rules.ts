import type { Rule } from "./rule.ts";

const store = "packages/coatcheck/src/stores/redis.ts";
const scripts = "packages/coatcheck/src/stores/redis/scripts.ts";
const tests = "packages/coatcheck/test/stores/redis.servers.test.ts";
const group = "Redis by ioredis > with a time that tests move > ";

const raiseFence = "redis.call('HSET', key, 'fence', text_of(now + FENCE_LIFETIME) .. ' ' .. ARGV[4])";
const keepFence = `${raiseFence}
keep_until(now + FENCE_LIFETIME)`;

type Entry = readonly [rule: string, within: string, replace: string, replacement: string, testName: string];

const scriptRules: readonly Entry[] = [
  [
    "An insert is refused if a fence is present that its attempt did not see.",
    "insert",
    "if fence ~= '' and fence ~= seen_fence then return { 'login_overtaken' } end",
    "",
    "the fence > a deleteByUser between reading and insert refuses the insert",
  ],
  [
    "An absent fence refuses no login.",
    "insert",
    "if fence ~= '' and fence ~= seen_fence",
    "if fence ~= seen_fence",
    "the fence > a fence that merely expired refuses no login that saw it",
  ],
  [
    "An insert is refused if its attempt is too old for a fence to be still there.",
    "insert",
    "then return { 'login_expired' } end",
    "then end",
    "the fence > a login may take as long as it is allowed to, and no longer",
  ],
  [
    "An insert never overwrites.",
    "insert",
    "if taken or buried then",
    "if buried then",
    "insert > an id in use is unavailable, and its session stays as it was",
  ],
  [
    "An insert is refused if its id has a tombstone.",
    "insert",
    "if taken or buried then",
    "if taken then",
    "calls at the same time > an insert sent again never comes after the removal of its session",
  ],
  [
    "A session that is removed young leaves a tombstone.",
    "PRELUDE",
    "if now - session.created < FENCE_LIFETIME then",
    "if now < session.created then",
    "tombstones > an insert sent again after a delete brings nothing back",
  ],
  [
    "A session that is evicted young leaves a tombstone.",
    "PRELUDE",
    "if now - session.created < FENCE_LIFETIME then",
    "if reason ~= 'evicted' and now - session.created < FENCE_LIFETIME then",
    "tombstones > an insert sent again after an eviction brings nothing back",
  ],
  [
    "An update of a session that is gone is false.",
    "update",
    "if not packed then return 0 end",
    "if not packed then return 1 end",
    "find and update > an update never revives a session that was removed",
  ],
  [
    "An update changes nothing if the session changed since it was read.",
    "update",
    "if session.version ~= tonumber(ARGV[5]) or now >= session.ends then",
    "if now >= session.ends then",
    "calls at the same time > of parallel updates that expect one version one is applied",
  ],
  [
    "An update changes nothing once the stored deadline has passed by the store's clock.",
    "update",
    "if session.version ~= tonumber(ARGV[5]) or now >= session.ends then",
    "if session.version ~= tonumber(ARGV[5]) then",
    "find and update > from its stored idleDeadline on, no update brings a session back to life",
  ],
  [
    "A deleteByUser raises the fence, also if it spares a session.",
    "removeAll",
    keepFence,
    `if ARGV[6] == '' then ${raiseFence} end
keep_until(now + FENCE_LIFETIME)`,
    "the fence > a deleteByUser that spares a session refuses the logins that it overtakes all the same",
  ],
  [
    "A deleteByUser raises the fence, also if there is nothing to delete.",
    "removeAll",
    keepFence,
    `if redis.call('HLEN', key) > 0 then ${raiseFence} end
keep_until(now + FENCE_LIFETIME)`,
    "the fence > every deleteByUser raises another fence: a login that saw the one before is refused",
  ],
  [
    "A fence outlives every login that it must refuse, also when the clock steps back.",
    "removeAll",
    "'fence', text_of(now + FENCE_LIFETIME)",
    "'fence', text_of(now + 300001)",
    "the fence > a fence outlives the logins that it overtook also when the clock steps back",
  ],
  [
    "A tombstone outlives every insert that it must refuse, also when the clock steps back.",
    "PRELUDE",
    "'~' .. session.id, text_of(now + FENCE_LIFETIME)",
    "'~' .. session.id, text_of(now + 300001)",
    "tombstones > a tombstone outlives the insert under way also when the clock steps back",
  ],
  [
    "A fence lives on when the user has no session left.",
    "removeAll",
    `${keepFence}
local fields`,
    `${raiseFence}
redis.call('DEL', key)
local fields`,
    "the fence > a fence lives for its lifetime although no session is left",
  ],
  [
    "An insert returns what it evicted.",
    "insert",
    "return reply('inserted')",
    "return { 'inserted' }",
    "the limit > at the limit the least recently seen session is evicted",
  ],
  [
    "Every removal is published, by the step that removes.",
    "PRELUDE",
    "if #removed > 0 then redis.call('PUBLISH', channel, cjson.encode({ user_key, removed })) end",
    "",
    "subscriptions > a delete is published once to every subscriber, in every process",
  ],
];

/** The rules that a store keeps, taken out of the scripts that Redis runs. */
export const redisRules: readonly Rule[] = [
  ...scriptRules.map(([rule, within, replace, replacement, testName]) => ({
    rule,
    source: scripts,
    within,
    replace,
    with: replacement,
    tests,
    testName: group + testName,
  })),
  {
    rule: "The end of a key is only ever moved ahead.",
    source: scripts,
    within: "PRELUDE",
    replace: "if redis.call('PTTL', key) < remaining then redis.call('PEXPIRE', key, remaining) end",
    with: "redis.call('PEXPIRE', key, remaining)",
    tests: "packages/coatcheck/test/stores/redis-keys.servers.test.ts",
    testName: "what the store keeps in Redis > keeps a key for as long as the longest session in it",
  },
  {
    rule: "A fence has a random value, not a count that begins anew when the fence is gone.",
    source: store,
    within: "RedisSessionStore.deleteByUser",
    replace: 'const fence = randomBytes(12).toString("base64url");',
    with: "const fence = String(randomBytes(12).length);",
    tests,
    testName: `${group}the fence > every deleteByUser raises another fence: a login that saw the one before is refused`,
  },
];
