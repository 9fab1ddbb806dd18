-- A node says that it lives, or that it leaves.
--
-- ARGV[2]  its name
-- ARGV[3]  how long that holds, ms; 0: it leaves
-- Returns  {epoch, how many commands there were}
local lease, time = tonumber(ARGV[3]), now()

redis.call('ZREMRANGEBYSCORE', alive, '-inf', time)
if lease > 0 then
  redis.call('ZADD', alive, time + lease, ARGV[2])
  if redis.call('PTTL', alive) < lease then redis.call('PEXPIRE', alive, lease) end
else
  redis.call('ZREM', alive, ARGV[2])
end
local epoch = open()
return {epoch, tonumber(redis.call('HGET', commands, 'n') or 0)}
