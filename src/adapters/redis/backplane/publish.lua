-- Appends a publication to the room's stream, unless the stream has its id already, and fans it out.
--
-- ARGV[3]  PUBLISH, or SPUBLISH on a cluster
-- ARGV[4]  the publication's header
-- ARGV[5]  its body
-- ARGV[6]  its message id; empty: it is fanned out and not kept
-- ARGV[7]  how many publications the stream keeps
-- ARGV[8]  how long it keeps them, ms
-- ARGV[9]  how many bytes it keeps, counted by ENTRY; the newest publication is kept in any case
-- ARGV[10] the user who publishes it; empty: the application
-- Returns  {epoch, offset, by how many bytes what is kept of this user has grown}
--
-- Subscribers get <epoch>:<offset, or nothing>:<bytes of the header>:<header><body>
local known = open()
local epoch, header, body, id = known.e, ARGV[4], ARGV[5], ARGV[6]
-- What a publication takes beside its header and body, roughly: its entry, and its id in the set. And what a room takes.
local ENTRY, ROOM = 200, 1500

local function fan_out(offset)
  redis.call(ARGV[3], room, epoch .. ':' .. offset .. ':' .. #header .. ':' .. header .. body)
end

if id == '' then
  fan_out('')
  return {epoch, known.o, 0}
end

local before = redis.call('ZSCORE', ids, id)
if before then return {epoch, tonumber(before), 0} end

local time, max_age, max_bytes = now(), tonumber(ARGV[8]), tonumber(ARGV[9])
local offset, size, user = known.o + 1, #header + #body, ARGV[10]
redis.call('XADD', stream, offset .. '-' .. time, 'h', header, 'b', body, 'u', user)
redis.call('ZADD', ids, offset, id)

-- The oldest are looked at one by one while they are too many, too large together, or too old. The new one stays: this
-- ends. When the oldest one is too old is known too early at worst, after it was trimmed for another reason.
local oldest, too_many, expires = known.f, offset - ARGV[7], known.x
local bytes, largest = known.b + size + ENTRY, math.max(known.m, size)
local grown = size + ENTRY + (known.o == 0 and ROOM or 0)
while oldest <= too_many or bytes > max_bytes or expires < time do
  local entry = redis.call('XRANGE', stream, oldest, '+', 'COUNT', 1)[1]
  local at, came = place(entry)
  if at == offset then
    oldest, bytes, largest, expires = offset, size + ENTRY, size, time + max_age
    break
  end
  if at > too_many and bytes <= max_bytes and came + max_age >= time then
    oldest, expires = at, came + max_age
  else
    local freed = #entry[2][2] + #entry[2][4] + ENTRY
    oldest, bytes = at + 1, bytes - freed
    if entry[2][6] == user then grown = grown - freed end
  end
end
if oldest > known.f then
  redis.call('XTRIM', stream, 'MINID', '=', oldest)
  redis.call('ZREMRANGEBYSCORE', ids, '-inf', '(' .. oldest)
end

-- Now and then is enough: setting three times to live takes as long as all the rest of the bookkeeping.
local prolong = known.t
if prolong < time then
  local slack = math.ceil(max_age / 8)
  prolong = time + slack
  redis.call('PEXPIRE', stream, max_age + slack)
  redis.call('PEXPIRE', ids, max_age + slack)
  redis.call('PEXPIRE', room, max_age + slack + ARGV[2])
  -- A second early: by then nobody has seen them expire.
  redis.call('HSET', room, 'k', prolong + max_age - 1000)
end
redis.call('HSET', room, 'o', offset, 'x', expires, 't', prolong, 'f', oldest, 'b', bytes, 'm', largest)
fan_out(offset)
return {epoch, offset, grown}
