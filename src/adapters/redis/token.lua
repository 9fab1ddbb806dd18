-- A mark that is lost with everything else, when Redis is flushed, and another one at each server that takes over.
-- KEYS[1]  the mark
-- ARGV[1]  what to put there, should there be none
-- Returns  what is there, and the server's lineage
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1]) .. lineage()
