-- The publications that came after a position, as many as fit; the rest is read from the last one's position.
--
-- ARGV[3]  the position's epoch
-- ARGV[4]  the position's offset
-- ARGV[5]  how many bytes of bodies fit; at least one publication is returned, and at most one more is read
-- ARGV[6]  how long a publication is kept, ms
-- Returns  {the stream's last offset, header, body, user or '', header, …}, or why that is not all there
local followed, max_bytes, too_old = tonumber(ARGV[4]), tonumber(ARGV[5]), now() - ARGV[6]
local known = open()
local last = known.o
if known.e ~= ARGV[3] then return 'another epoch' end
if followed > last then return 'from the future' end

local found, bytes = {last}, 0
while followed < last and (bytes < max_bytes or #found == 1) do
  local entries = redis.call('XRANGE', stream, followed + 1, '+', 'COUNT', fitting(known, max_bytes - bytes))
  if #entries == 0 then return 'trimmed' end
  for _, entry in ipairs(entries) do
    local offset, came = place(entry)
    if offset ~= followed + 1 or came < too_old then return 'trimmed' end
    local header, body = entry[2][2], entry[2][4]
    bytes = bytes + #body
    if bytes > max_bytes and #found > 1 then return found end
    found[#found + 1] = header
    found[#found + 1] = body
    found[#found + 1] = entry[2][6] or ''
    followed = offset
  end
end
return found
