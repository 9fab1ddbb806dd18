-- What every script about who is in a room begins with. A room's keys have one hash tag: on a cluster they lie together.
--
-- KEYS[1]  roster  hash: n the connections in the room, c counts who came; u<user> a user as JSON: n the name with = before
--                  it, s since when, ms since 1970, c its connections: [id, node, when it joined, what it tells], …
-- KEYS[2]  order   sorted set: the users, in the order they came
-- KEYS[3]  due     sorted set: the users without a connection, and when they will be gone, ms since 1970
-- ARGV[1]  how long a room about which nothing is said is remembered, ms
local roster, order, due = KEYS[1], KEYS[2], KEYS[3]

-- Milliseconds since 1970.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A user in the room.
local function find(user)
  local text = redis.call('HGET', roster, 'u' .. user)
  return text and cjson.decode(text)
end

local function save(user, found)
  redis.call('HSET', roster, 'u' .. user, cjson.encode(found))
end

local function forget(user)
  redis.call('HDEL', roster, 'u' .. user)
  redis.call('ZREM', order, user)
  redis.call('ZREM', due, user)
  if redis.call('ZCARD', order) == 0 then redis.call('DEL', roster) end
end

-- Connections that are not this node's.
local function others(found, node)
  local left = {}
  for _, connection in ipairs(found.c) do
    if connection[2] ~= node then left[#left + 1] = connection end
  end
  return left
end

-- How many connections are in the room, when so many have come.
local function count(more)
  if more ~= 0 then return redis.call('HINCRBY', roster, 'n', more) end
  return tonumber(redis.call('HGET', roster, 'n') or 0)
end

-- How long until the first is due, ms; -1 when nobody is.
local function next_due(time)
  local first = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
  return first[1] and math.max(0, first[2] - time) or -1
end

local function keep()
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[1]) end
end
