-- What every script about a room begins with. A room's keys have one hash tag: on a cluster they lie together.
--
-- KEYS[1]  room    hash: e epoch, o the last offset; in ms since 1970: x when the oldest entry will be too old, t when
--                  the keys' times to live are to be prolonged. Its name is also the channel of the room's publications.
-- KEYS[2]  stream  an entry for each publication kept: <offset>-<when it came, ms since 1970>, h its header, b its body
-- KEYS[3]  ids     sorted set: the message ids in the stream, each with its offset
-- ARGV[1]  the epoch of the stream, should it begin now
-- ARGV[2]  how long a room in which nothing happens is remembered, ms
local room, stream, ids = KEYS[1], KEYS[2], KEYS[3]

-- Milliseconds since 1970.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The stream's epoch and last offset, and the times x and t. A stream whose room is lost begins anew: whatever is left
-- of it has no place any more.
local function open()
  local known = redis.call('HMGET', room, 'e', 'o', 'x', 't')
  if known[1] then return known[1], tonumber(known[2]), tonumber(known[3] or 0), tonumber(known[4] or 0) end
  redis.call('DEL', stream, ids)
  redis.call('HSET', room, 'e', ARGV[1], 'o', 0)
  redis.call('PEXPIRE', room, ARGV[2])
  return ARGV[1], 0, 0, 0
end

-- The offset and the time in an entry's id.
local function place(entry)
  local offset, time = entry[1]:match('(%d+)-(%d+)')
  return tonumber(offset), tonumber(time)
end
