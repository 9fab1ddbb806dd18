-- Takes the connections of a node that is gone out of the room. Users who have no others are due.
--
-- KEYS[4]  set: the users of whom this node has connections here
-- ARGV[2]  the node
-- ARGV[3]  how long its users are still there, ms
-- ARGV[4]  of how many users at most
-- Returns  {1 when there are more of them, else 0; ms until the first is due, -1: nobody is}
local time = now()
for _, user in ipairs(redis.call('SPOP', KEYS[4], ARGV[4])) do
  local found = find(user)
  if found then
    local before = #found.c
    found.c = others(found, ARGV[2])
    count(#found.c - before)
    save(user, found)
    if #found.c == 0 then redis.call('ZADD', due, 'NX', time + ARGV[3], user) end
  end
end
keep()
return {redis.call('EXISTS', KEYS[4]), next_due(time)}
