-- A command's key: who executes it, and what it was answered.
-- KEYS[1]  c and the process that executes it, or r and the reply
-- ARGV[1]  claim, hold, keep or release
-- ARGV[2]  the process that calls
-- ARGV[3]  for how long, ms; not for release
-- ARGV[4]  the reply to keep
-- Returns  to claim: the key's value, when it is somebody else's; otherwise nothing
--
-- A process claims a key once at a time. One it has already is a claim whose answer it did not get: Redis was away.
local value, mine = redis.call('GET', KEYS[1]), 'c' .. ARGV[2]

if ARGV[1] == 'claim' then
  if value and value ~= mine then return value end
  redis.call('SET', KEYS[1], mine, 'PX', ARGV[3])
elseif ARGV[1] == 'keep' then
  -- Also where the claim was passed on meanwhile: this answer was given, and the first counts.
  if not value or value:sub(1, 1) == 'c' then redis.call('SET', KEYS[1], 'r' .. ARGV[4], 'PX', ARGV[3]) end
elseif value == mine then
  if ARGV[1] == 'hold' then redis.call('PEXPIRE', KEYS[1], ARGV[3]) else redis.call('DEL', KEYS[1]) end
end
return false
