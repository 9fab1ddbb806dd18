-- What is revoked now.
-- KEYS[1]  sorted set, see revoke.lua
-- ARGV[1]  now, ms since 1970
-- ARGV[2]  how many at most
-- Returns  name and time by turns, the one that is over first in front
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
