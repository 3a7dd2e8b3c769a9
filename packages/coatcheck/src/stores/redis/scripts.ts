import { EXPIRY_MARGIN_SECONDS, FENCE_LIFETIME_SECONDS, MAXIMUM_LOGIN_SECONDS } from "../../core/session-store.ts";

/*
 * The compound steps of the store, as Lua: Redis runs a script as one command, so each is atomic. All of them touch one
 * key, a hash per user:
 *
 *   <session id>   12 characters: a packed session, see record-codec.ts
 *   fence          the end of its lifetime, a space, its value
 *   ~<session id>  a tombstone: the end of its lifetime
 *
 * If Redis lacks memory or its disk, it refuses a script at the first write, by the state that it read when the script
 * began. So each script first makes a write that Redis may refuse, and no script is ever half done.
 */

/**
 * The beginning of each script. ARGV: the channel, the user key, the time of a test or nothing, then the script's own.
 */
const PRELUDE = `
local key, channel, user_key = KEYS[1], ARGV[1], ARGV[2]
local now = tonumber(ARGV[3])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

local FENCE_LIFETIME = ${FENCE_LIFETIME_SECONDS * 1_000}
local EXPIRY_MARGIN = ${EXPIRY_MARGIN_SECONDS * 1_000}

local function session_of(id, packed)
  local _, version, created, seen, idle, absolute, user_id = struct.unpack('>BI4I6I6I6I6I2c0', packed)
  return { id = id, user_id = user_id, version = version, created = created, seen = seen, idle = idle,
    absolute = absolute, ends = math.min(idle, absolute) }
end

local function is_session(field) return #field == 12 end
local function is_tombstone(field) return #field == 13 end

local function text_of(time) return string.format('%.17g', time) end

-- Redis drops the key when the last of what is in it has ended. That moment is only ever moved ahead.
local function keep_until(time)
  local remaining = math.ceil(time - now)
  if redis.call('PTTL', key) < remaining then redis.call('PEXPIRE', key, remaining) end
end

local removed = {}

local function remove(session, reason)
  redis.call('HDEL', key, session.id)
  if now - session.created < FENCE_LIFETIME then
    redis.call('HSET', key, '~' .. session.id, text_of(now + FENCE_LIFETIME))
    keep_until(now + FENCE_LIFETIME)
  end
  removed[#removed + 1] = { session.id, reason, session.user_id }
end

-- The step that removes a session also announces it.
local function publish()
  if #removed > 0 then redis.call('PUBLISH', channel, cjson.encode({ user_key, removed })) end
end

-- As pairs of a reply: texts alone, in the order in which they were removed.
local function reply(outcome)
  local texts = { outcome }
  for _, session in ipairs(removed) do
    for _, text in ipairs(session) do texts[#texts + 1] = text end
  end
  return texts
end

local function drop_outdated(field, value)
  local ends = tonumber(string.match(value, '^%S+'))
  if ends <= now then redis.call('HDEL', key, field) end
end
`;

/** ARGV: session id, packed session, the fence as read or nothing, when it was read, maximum, when full, replaces. */
const insert = `
local id, packed, seen_fence, read_at = ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
local maximum, when_full, replaces = tonumber(ARGV[8]), ARGV[9], ARGV[10]

-- By character code: Redis compares texts by the language of the machine it runs on.
local function comes_before(first, second)
  for index = 1, #first do
    local difference = string.byte(first, index) - string.byte(second, index)
    if difference ~= 0 then return difference < 0 end
  end
  return false
end

local fields = redis.call('HGETALL', key)
local fence, buried, taken = '', false, false
local expired, replaced, live = {}, {}, {}
for index = 1, #fields, 2 do
  local field, value = fields[index], fields[index + 1]
  if field == 'fence' then
    local ends, fence_value = string.match(value, '^(%S+) (.*)$')
    if now < tonumber(ends) then fence = fence_value end
  elseif is_tombstone(field) then
    if field == '~' .. id and now < tonumber(value) then buried = true end
  else
    local session = session_of(field, value)
    if field == id then taken = true end
    if now >= session.ends then
      expired[#expired + 1] = session
    elseif field == replaces then
      replaced[#replaced + 1] = session
    else
      live[#live + 1] = session
    end
  end
end

if fence ~= '' and fence ~= seen_fence then return { 'login_overtaken' } end
if now - read_at > ${MAXIMUM_LOGIN_SECONDS * 1_000} then return { 'login_expired' } end
if taken or buried then return { 'id_unavailable' } end
local surplus = #live - maximum + 1
if surplus > 0 and when_full == 'refuse' then return { 'session_limit_reached' } end

redis.call('HSET', key, id, packed)
keep_until(session_of(id, packed).ends + EXPIRY_MARGIN)
for _, session in ipairs(expired) do remove(session, 'expired') end
for _, session in ipairs(replaced) do remove(session, 'replaced') end
if surplus > 0 then
  table.sort(live, function(first, second)
    if first.seen ~= second.seen then return first.seen < second.seen end
    if first.created ~= second.created then return first.created < second.created end
    return comes_before(first.id, second.id)
  end)
  for index = 1, surplus do remove(live[index], 'evicted') end
end
for index = 1, #fields, 2 do
  if not is_session(fields[index]) then drop_outdated(fields[index], fields[index + 1]) end
end
publish()
return reply('inserted')
`;

/**
 * ARGV: session id, expected version, lastSeenAt, idleDeadline, absoluteDeadline, then the sections; '' leaves one
 * unchanged.
 */
const update = `
local id = ARGV[4]
local packed = redis.call('HGET', key, id)
if not packed then return 0 end
local session = session_of(id, packed)
if session.version ~= tonumber(ARGV[5]) or now >= session.ends then return 0 end

local seen = tonumber(ARGV[6]) or session.seen
local idle = math.max(session.idle, tonumber(ARGV[7]) or 0)
local absolute = math.max(session.absolute, tonumber(ARGV[8]) or 0)
local user_id, current, pending, grace, methods, data, rest =
  struct.unpack('>I2c0c44Bc0Bc0Bc0I2c0', packed, 30)
local sections = { current, pending, grace, methods, data }
for index = 1, 5 do
  local change = ARGV[8 + index]
  if change ~= '' then sections[index] = string.sub(change, 2) end
end

local header = struct.pack('>BI4I6I6I6I6', string.byte(packed, 1), session.version + 1, session.created,
  seen, idle, absolute)
local body = struct.pack('>I2c0c44Bc0Bc0Bc0I2c0', #user_id, user_id, sections[1], #sections[2], sections[2],
  #sections[3], sections[3], #sections[4], sections[4], #sections[5], sections[5])
redis.call('HSET', key, id, header .. body .. string.sub(packed, rest))
keep_until(math.min(idle, absolute) + EXPIRY_MARGIN)
return 1
`;

/** ARGV: session id, reason. */
const remove = `
local id = ARGV[4]
local packed = redis.call('HGET', key, id)
-- Even where there is nothing to remove: a server that may not write, as a replica that lags, does not know that.
redis.call('HDEL', key, id)
if not packed then return {} end
remove(session_of(id, packed), ARGV[5])
publish()
return reply('removed')
`;

/** ARGV: the new fence, reason, the session id to spare or nothing. */
const removeAll = `
redis.call('HSET', key, 'fence', text_of(now + FENCE_LIFETIME) .. ' ' .. ARGV[4])
keep_until(now + FENCE_LIFETIME)
local fields = redis.call('HGETALL', key)
for index = 1, #fields, 2 do
  local field = fields[index]
  if is_session(field) and field ~= ARGV[6] then remove(session_of(field, fields[index + 1]), ARGV[5]) end
end
publish()
return reply('removed')
`;

/** ARGV: the maximum number of sessions. */
const sweep = `
local fields = redis.call('HGETALL', key)
for index = 1, #fields, 2 do
  local field, value = fields[index], fields[index + 1]
  if not is_session(field) then
    drop_outdated(field, value)
  elseif #removed < tonumber(ARGV[4]) then
    local session = session_of(field, value)
    if now >= session.ends + EXPIRY_MARGIN then remove(session, 'expired') end
  end
end
publish()
return reply('removed')
`;

const readFence = `
local ends, value = string.match(redis.call('HGET', key, 'fence') or '0 ', '^(%S+) (.*)$')
return { text_of(now), now < tonumber(ends) and value or '' }
`;

const list = `
local fields, sessions = redis.call('HGETALL', key), {}
for index = 1, #fields, 2 do
  if is_session(fields[index]) then
    sessions[#sessions + 1] = fields[index]
    sessions[#sessions + 1] = fields[index + 1]
  end
end
return sessions
`;

export type ScriptName = "insert" | "update" | "remove" | "removeAll" | "probe" | "sweep" | "readFence" | "list";

export const scripts: Readonly<Record<ScriptName, string>> = {
  insert: PRELUDE + insert,
  update: PRELUDE + update,
  remove: PRELUDE + remove,
  removeAll: PRELUDE + removeAll,
  // The step of `removeAll`, without its right to use more memory than there is: Redis refuses it when it refuses
  // logins.
  probe: PRELUDE + removeAll,
  sweep: PRELUDE + sweep,
  readFence: PRELUDE + readFence,
  list: PRELUDE + list,
};

/** Removals must work even without free memory, or no session in a full store could be ended. */
export const scriptsThatFree: ReadonlySet<ScriptName> = new Set(["remove", "removeAll", "sweep"]);

/** For Redis 7 and later. Earlier servers do not know this line, and refuse removals until there is memory again. */
export const ALLOW_WHEN_MEMORY_IS_FULL = "#!lua flags=allow-oom\n";
