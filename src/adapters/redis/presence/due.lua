-- Takes those out of the room whose time is over.
--
-- ARGV[2]  how many at most
-- Returns  {connections in the room, ms until the first is due, -1: nobody is, user, name, user, name, …}
local time = now()
local gone = {count(0), -1}
for _, user in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', time, 'LIMIT', 0, ARGV[2])) do
  local found = find(user)
  gone[#gone + 1] = user
  gone[#gone + 1] = found and found.n or ''
  forget(user)
end
gone[2] = next_due(time)
return gone
