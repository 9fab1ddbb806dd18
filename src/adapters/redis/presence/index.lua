-- The rooms a node has something to do with.
--
-- KEYS[1]  set: the rooms
-- ARGV[1]  add, remove or some
-- ARGV[2]  to add: how long they are remembered, ms; to get some: how many
-- ARGV[3]  and so on: rooms to add or to remove
-- Returns  some of them
if ARGV[1] == 'some' then return redis.call('SRANDMEMBER', KEYS[1], ARGV[2]) end
redis.call(ARGV[1] == 'add' and 'SADD' or 'SREM', KEYS[1], unpack(ARGV, 3))
if ARGV[1] == 'add' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return false
