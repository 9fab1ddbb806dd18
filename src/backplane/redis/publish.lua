-- Appends a publication to the room's stream, unless the stream has its id already, and fans it out.
--
-- ARGV[3]  PUBLISH, or SPUBLISH on a cluster
-- ARGV[4]  the publication's header
-- ARGV[5]  its body
-- ARGV[6]  its message id; empty: it is fanned out and not kept
-- ARGV[7]  how many publications the stream keeps
-- ARGV[8]  how long it keeps them, ms
-- Returns  {epoch, offset}
--
-- Subscribers get <epoch>:<offset, or nothing>:<bytes of the header>:<header><body>
local epoch, last, expires, prolong = open()
local header, body, id = ARGV[4], ARGV[5], ARGV[6]

local function fan_out(offset)
  redis.call(ARGV[3], room, epoch .. ':' .. offset .. ':' .. #header .. ':' .. header .. body)
end

if id == '' then
  fan_out('')
  return {epoch, last}
end

local known = redis.call('ZSCORE', ids, id)
if known then return {epoch, tonumber(known)} end

local time, max_age = now(), tonumber(ARGV[8])
local offset = last + 1
local oldest = math.max(offset - ARGV[7] + 1, 1)
redis.call('XADD', stream, 'MINID', '=', oldest, offset .. '-' .. time, 'h', header, 'b', body)
redis.call('ZADD', ids, offset, id)

-- The new entry is not too old: this ends.
local at = '-'
while expires < time do
  for _, entry in ipairs(redis.call('XRANGE', stream, at, '+', 'COUNT', 8)) do
    local came
    oldest, came = place(entry)
    expires = came + max_age
    if expires >= time then
      redis.call('XTRIM', stream, 'MINID', '=', oldest)
      break
    end
  end
  at = oldest + 1
end
if oldest > 1 then redis.call('ZREMRANGEBYSCORE', ids, '-inf', '(' .. oldest) end

-- Now and then is enough: setting three times to live takes as long as all the rest of the bookkeeping.
if prolong < time then
  local slack = math.ceil(max_age / 8)
  prolong = time + slack
  redis.call('PEXPIRE', stream, max_age + slack)
  redis.call('PEXPIRE', ids, max_age + slack)
  redis.call('PEXPIRE', room, max_age + slack + ARGV[2])
end
redis.call('HSET', room, 'o', offset, 'x', expires, 't', prolong)
fan_out(offset)
return {epoch, offset}
