-- A node says that it lives, and takes over the rooms of one that does not. Where nobody was heard for a while, Redis
-- was away, and not the nodes: all of them get the time to come back.
--
-- KEYS[1]  alive   sorted set: the nodes, and when each was last heard, ms since 1970; 0: it has said good-bye
-- KEYS[2]  dead    sorted set: nodes whose rooms are being taken over, and when somebody was last busy with it
-- KEYS[3]  state   hash: e is drawn anew when all this is lost; in ms since 1970: l when a node was last heard, a since
--                  when some node always was
-- ARGV[1]  the node
-- ARGV[2]  after how long a node that is not heard is dead, ms
-- ARGV[3]  what to draw
-- ARGV[4]  the node whose rooms it takes over just now; empty: none
-- ARGV[5]  how long this is remembered when no node is heard, ms
-- Returns  {e; 1 when the node was alive, else 0; ms since a; a node to take over, empty: none; ms since that was heard}
local alive, dead, state = KEYS[1], KEYS[2], KEYS[3]
local node, lease = ARGV[1], tonumber(ARGV[2])
local clock = redis.call('TIME')
local time = clock[1] * 1000 + math.floor(clock[2] / 1000)
local known = redis.call('HMGET', state, 'e', 'l', 'a')
local epoch, last, since = known[1] or ARGV[3], tonumber(known[2] or 0), tonumber(known[3] or time)
if time - last > lease / 2 then since = time end
local was_alive = redis.call('ZSCORE', alive, node) and 1 or 0

redis.call('HSET', state, 'e', epoch, 'l', time, 'a', since)
redis.call('ZADD', alive, time, node)
if ARGV[4] ~= '' then redis.call('ZADD', dead, 'XX', time, ARGV[4]) end

local heir, heard = '', 0
local function take(from, limit)
  local found = redis.call('ZRANGEBYSCORE', from, '-inf', limit, 'WITHSCORES', 'LIMIT', 0, 1)
  if not found[1] then return end
  heir, heard = found[1], time - found[2]
  redis.call('ZREM', alive, heir)
  redis.call('ZADD', dead, time, heir)
end
if ARGV[4] == '' then
  take(alive, since + lease < time and time - lease or 0)
  if heir == '' then take(dead, time - lease) end
end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[5]) end
return {epoch, was_alive, time - since, heir, heard}
