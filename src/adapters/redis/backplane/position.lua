-- Where the room's stream ends, for a node that follows it: a room is remembered as long as somebody asks in time.
--
-- ARGV[3]  the epoch the caller followed; empty: none
-- ARGV[4]  the offset it followed it to
-- Returns  {epoch, offset, up to which offset the stream is still what the caller followed: -1 where it never was that}
local known = open()

-- More was followed than there is, though the server says that it lost nothing.
if known.e == ARGV[3] and tonumber(ARGV[4]) > known.o then renew(lineage(), known) end
if redis.call('PTTL', room) < tonumber(ARGV[2]) then redis.call('PEXPIRE', room, ARGV[2]) end
return {known.e, known.o, left_of(ARGV[3], known)}
