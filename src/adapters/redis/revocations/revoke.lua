-- Revokes a user or a token for a while, or lifts that.
-- KEYS[1]  sorted set of what is revoked, by when it is over (ms since 1970)
-- ARGV[1]  now, ms since 1970
-- ARGV[2]  when it is over; not after now: it is lifted
-- ARGV[3]  the user, or the user and the token
-- ARGV[4]  how many there may be
-- Returns  1 when it is done, 0 when there are too many others
local now, over = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if over <= now then
  redis.call('ZREM', KEYS[1], ARGV[3])
  return 1
end
if not redis.call('ZSCORE', KEYS[1], ARGV[3]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
redis.call('ZADD', KEYS[1], over, ARGV[3])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIRE', KEYS[1], math.ceil(last[2] - now))
return 1
