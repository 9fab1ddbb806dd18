-- Says something to all nodes.
--
-- ARGV[2]  PUBLISH, or SPUBLISH on a cluster
-- ARGV[3]  what is said; empty: nothing, this only asks who lives
-- Returns  the names of the nodes that live
--
-- Nodes hear <epoch>:<which command of the epoch this is, from 1>:<what is said>
if ARGV[3] ~= '' then
  local epoch = open()
  local number = redis.call('HINCRBY', commands, 'n', 1)
  redis.call(ARGV[2], commands, epoch .. ':' .. number .. ':' .. ARGV[3])
end
return redis.call('ZRANGEBYSCORE', alive, '(' .. now(), '+inf')
