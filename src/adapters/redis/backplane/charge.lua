-- Charges a user with what its publications add to the streams. It flows off as publications get too old.
-- KEYS[1]  hash: b the bytes charged, f when there were so many (ms since 1970)
-- ARGV[1]  bytes to charge; below 0: to give back
-- ARGV[2]  how many bytes a user may hold
-- ARGV[3]  in how long so many flow off, ms
-- Returns  how long until it holds no more than it may, ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local per_ms, most = ARGV[2] / ARGV[3], tonumber(ARGV[2])
local known = redis.call('HMGET', KEYS[1], 'b', 'f')
local bytes = known[1] and known[1] - math.max(0, now - known[2]) * per_ms or 0

bytes = math.max(0, bytes) + ARGV[1]
if bytes <= 0 then
  redis.call('DEL', KEYS[1])
  return 0
end
redis.call('HSET', KEYS[1], 'b', bytes, 'f', now)
redis.call('PEXPIRE', KEYS[1], math.ceil(bytes / per_ms) + 1)
return math.ceil(math.max(0, bytes - most) / per_ms)
