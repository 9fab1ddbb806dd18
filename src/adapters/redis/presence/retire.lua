-- A node says good-bye, or that the rooms of a dead one are taken over.
--
-- KEYS[1]  alive   as in renew.lua
-- KEYS[2]  dead    as in renew.lua
-- ARGV[1]  good-bye, or done
-- ARGV[2]  the node
if ARGV[1] == 'done' then
  redis.call('ZREM', KEYS[2], ARGV[2])
else
  redis.call('ZADD', KEYS[1], 'XX', 0, ARGV[2])
end
return false
