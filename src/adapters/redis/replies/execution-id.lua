-- What a command goes by, however often it has to be executed.
-- KEYS[1]  the id
-- ARGV[1]  the id, should it have none yet
-- ARGV[2]  for how long it is kept, ms
-- Returns  the id
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
return redis.call('GET', KEYS[1])
