-- Answers the node that asked.
--
-- KEYS[1]  the channel it listens to; no key has this name
-- ARGV[1]  PUBLISH, or SPUBLISH on a cluster
-- ARGV[2]  the answer
-- Returns  how many heard it
return redis.call(ARGV[1], KEYS[1], ARGV[2])
