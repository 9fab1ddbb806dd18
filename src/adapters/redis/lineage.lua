-- Where this server's data come from. It changes when a server is restarted and when a replica takes over: whenever the
-- last writes may have been lost. Only the last ones, for what is left is always a begin of what was written.
local function lineage()
  local info = redis.call('INFO', 'replication')
  local _, at = info:find('master_replid:', 1, true)
  return info:sub(at + 1, at + 40)
end
