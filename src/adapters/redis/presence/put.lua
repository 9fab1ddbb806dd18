-- The connections of one user that one node has in the room, all of them: what it had before is replaced.
--
-- KEYS[4]  set: the users of whom this node has connections here
-- KEYS[5]  the same, under the name the node had before; KEYS[4] when it had none
-- ARGV[2]  the node
-- ARGV[3]  the name it had before; empty: none
-- ARGV[4]  the user
-- ARGV[5]  the user's name, with = before it; empty: none
-- ARGV[6]  how long a user without a connection is still there, ms
-- ARGV[7]  1: a user without a connection was there, and is to be there again, if Redis has lost it
-- ARGV[8]  and so on: a connection, when it joined, what it tells; each of the node's connections
-- Returns  {1: the user came, -1: is gone, 0: neither; connections in the room; ms until the first is due, -1: nobody is}
local node, former, user = ARGV[2], ARGV[3], ARGV[4]
local found, time = find(user), now()
local known = found or {n = ARGV[5], c = {}}
local before = #known.c
known.c = others({c = others(known, former)}, node)

for i = 8, #ARGV, 3 do
  known.c[#known.c + 1] = {ARGV[i], node, tonumber(ARGV[i + 1]), ARGV[i + 2]}
  if not found then known.s = math.min(known.s or math.huge, ARGV[i + 1]) end
  known.n = ARGV[5]
end
if KEYS[5] ~= KEYS[4] then redis.call('SREM', KEYS[5], user) end
redis.call(#ARGV >= 8 and 'SADD' or 'SREM', KEYS[4], user)

local here = #known.c > 0
known.s = known.s or time
if not found and not here and ARGV[7] ~= '1' then return {0, count(0), next_due(time)} end

local connections = count(#known.c - before)
if not here and ARGV[6] == '0' then
  forget(user)
  keep()
  return {-1, connections, next_due(time)}
end
save(user, known)
if not found then redis.call('ZADD', order, redis.call('HINCRBY', roster, 'c', 1), user) end
if here then redis.call('ZREM', due, user) else redis.call('ZADD', due, 'NX', time + ARGV[6], user) end
keep()
return {not found and here and 1 or 0, connections, next_due(time)}
