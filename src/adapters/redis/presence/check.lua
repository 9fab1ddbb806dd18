-- Whether Redis has as many users of a node in the room as the node has.
--
-- KEYS[4]  set: the users of whom this node has connections here
-- ARGV[2]  how many that should be
-- Returns  nothing when that is right, else who is there
keep()
if redis.call('SCARD', KEYS[4]) == tonumber(ARGV[2]) then return false end
return redis.call('SMEMBERS', KEYS[4])
