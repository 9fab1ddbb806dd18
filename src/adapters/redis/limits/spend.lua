-- A user's token bucket. Forgotten when it would be full again.
-- KEYS[1]  hash: t the tokens in it, f when there were so many (ms since 1970)
-- ARGV[1]  how many come in a second
-- ARGV[2]  how many it holds
-- ARGV[3]  how many to spend, never more than it holds; below 0: to give back
-- Returns  0 when they are spent, else how long to wait until they are there, ms
local per_ms, burst = ARGV[1] / 1000, tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local bucket = redis.call('HMGET', KEYS[1], 't', 'f')
local tokens = bucket[1] and math.min(burst, bucket[1] + math.max(0, now - bucket[2]) * per_ms) or burst
local price = math.min(burst, ARGV[3])

if tokens < price then return math.ceil((price - tokens) / per_ms) end
tokens = math.min(burst, tokens - price)
redis.call('HSET', KEYS[1], 't', tokens, 'f', now)
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - tokens) / per_ms) + 1)
return 0
