-- Who is in the room, the first who came first.
--
-- ARGV[2]  how many users
-- ARGV[3]  how many bytes of names and what they tell; at least one user is returned
-- Returns  {1 when there are more, else 0, user, name, since when, connections, what the last who tells something tells, …}
local limit, max_bytes = tonumber(ARGV[2]), tonumber(ARGV[3])
local list, bytes = {0}, 0
for i, user in ipairs(redis.call('ZRANGE', order, 0, limit)) do
  local found = find(user) or {n = '', s = 0, c = {}}
  local tells, last = '', -1
  for _, connection in ipairs(found.c) do
    if connection[4] ~= '' and connection[3] >= last then tells, last = connection[4], connection[3] end
  end
  bytes = bytes + 100 + #user + #found.n + #tells
  if i > limit or (bytes > max_bytes and i > 1) then
    list[1] = 1
    return list
  end
  for _, part in ipairs({user, found.n, string.format('%.0f', found.s), #found.c, tells}) do list[#list + 1] = part end
end
return list
