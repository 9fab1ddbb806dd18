-- What the scripts about all nodes begin with. Their keys have one hash tag: on a cluster they lie together.
--
-- KEYS[1]  alive     sorted set: the names of the nodes, each with the end of its lease, ms since 1970
-- KEYS[2]  commands  hash: e epoch, n how many commands there were. Its name is also the channel they are said in.
-- ARGV[1]  the epoch of the count, should it begin now
local alive, commands = KEYS[1], KEYS[2]

-- How long the count is kept when nobody says or asks for anything, ms: nodes that live ask more often.
local KEPT = 3600000

-- Milliseconds since 1970.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The count's epoch. A count that is lost begins anew, and says so by it.
local function open()
  redis.call('HSETNX', commands, 'e', ARGV[1])
  redis.call('PEXPIRE', commands, KEPT)
  return redis.call('HGET', commands, 'e')
end
