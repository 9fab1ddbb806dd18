-- What every script about a room begins with. A room's keys have one hash tag: on a cluster they lie together.
--
-- KEYS[1]  room    hash: e epoch, o the last offset, l the lineage (lineage.lua) of the server that drew the epoch, p the epochs
--                  before it as `<epoch>:<the last offset of it that is left> `, the oldest first; f the first offset
--                  kept, b the bytes kept, m the largest publication's bytes; in ms since 1970:
--                  x when the oldest entry will be too old, t when the keys' times to live are to be prolonged, k until
--                  when stream and ids are there unless they were evicted.
--                  Its name is also the channel of the room's publications.
-- KEYS[2]  stream  an entry for each publication kept: <offset>-<when it came, ms since 1970>, h its header, b its body,
--                  u the user who published it, or nothing
-- KEYS[3]  ids     sorted set: the message ids in the stream, each with its offset
-- ARGV[1]  the epoch of the stream, should one begin now
-- ARGV[2]  how long a room in which nothing happens is remembered, ms
local room, stream, ids = KEYS[1], KEYS[2], KEYS[3]
local max_past = 16

local clock

-- Milliseconds since 1970, the same during a script.
local function now()
  if not clock then
    local time = redis.call('TIME')
    clock = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  return clock
end

-- Whatever is left of a stream that lost a part has no place any more.
local function begin(server)
  redis.call('DEL', room, stream, ids)
  redis.call('HSET', room, 'e', ARGV[1], 'o', 0, 'l', server)
  redis.call('PEXPIRE', room, ARGV[2])
  return {e = ARGV[1], o = 0, p = '', x = 0, t = 0, f = 1, b = 0, m = 0}
end

-- Offsets above the last one may come a second time, for other publications: they are of another epoch.
local function renew(server, known)
  local past = known.p .. known.e .. ':' .. known.o .. ' '
  local _, epochs = past:gsub(' ', '')
  if epochs > max_past then past = past:gsub('^%S+ ', '') end
  redis.call('HSET', room, 'e', ARGV[1], 'l', server, 'p', past)
  known.e, known.p = ARGV[1], past
end

-- What is known of the room, by the names of its fields.
local function open()
  local found = redis.call('HMGET', room, 'e', 'o', 'p', 'x', 't', 'f', 'b', 'm', 'l', 'k')
  local server = lineage()
  local kept_until = tonumber(found[10] or 0)
  if not found[1] or (kept_until > now() and redis.call('EXISTS', stream, ids) < 2) then return begin(server) end
  local known = {
    e = found[1], o = tonumber(found[2]), p = found[3] or '', x = tonumber(found[4] or 0), t = tonumber(found[5] or 0),
    f = tonumber(found[6] or 1), b = tonumber(found[7] or 0), m = tonumber(found[8] or 0),
  }
  if found[9] ~= server then renew(server, known) end
  return known
end

-- Up to which offset the stream still is what it was under an epoch; -1 when it never had that epoch, or long ago.
local function left_of(asked, known)
  if asked == known.e then return known.o end
  for name, offset in known.p:gmatch('(%S+):(%d+) ') do
    if name == asked then return tonumber(offset) end
  end
  return -1
end

-- How many entries to read at once, so that they are not many more bytes than the ones left to return.
local function fitting(known, left)
  if known.b <= left then return 16 end
  return known.m == 0 and 1 or math.max(1, math.min(16, math.floor(left / known.m)))
end

-- The offset and the time in an entry's id.
local function place(entry)
  local offset, time = entry[1]:match('(%d+)-(%d+)')
  return tonumber(offset), tonumber(time)
end
