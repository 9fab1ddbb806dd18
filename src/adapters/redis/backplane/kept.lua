-- What the room's stream holds; what is too old counts until the next publication trims it.
--
-- Returns  {publications, bytes of the stream and its ids, by a sample}
local function bytes(key)
  return redis.call('MEMORY', 'USAGE', key) or 0
end

return {redis.call('XLEN', stream), bytes(stream) + bytes(ids)}
