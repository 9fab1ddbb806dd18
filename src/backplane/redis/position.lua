-- Where the room's stream ends, for a node that follows it: a room is remembered as long as somebody asks in time.
--
-- A server that was restarted, or a replica that took over, may have lost the end of a stream: then offsets come a
-- second time, for other publications. Whoever followed the lost end says up to where; the stream gets a new epoch.
--
-- ARGV[3]  the epoch the caller followed; empty: none
-- ARGV[4]  the offset it followed it to
-- ARGV[5]  the message id of the publication there; empty: not known
-- Returns  {epoch, offset, the message id there, empty when it is not kept}
local epoch, offset = open()

local function id_at(at)
  return redis.call('ZRANGEBYSCORE', ids, at, at)[1]
end

if epoch == ARGV[3] then
  local followed, there = tonumber(ARGV[4]), ARGV[5] ~= '' and id_at(ARGV[4])
  if followed > offset or (there and there ~= ARGV[5]) then
    epoch = ARGV[1]
    redis.call('HSET', room, 'e', epoch)
  end
end
if redis.call('PTTL', room) < tonumber(ARGV[2]) then redis.call('PEXPIRE', room, ARGV[2]) end
return {epoch, offset, id_at(offset) or ''}
