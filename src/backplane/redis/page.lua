-- A page of the room's stream, from its newest publication backwards.
--
-- ARGV[3]  only offsets below this one; empty: from the end
-- ARGV[4]  how many publications
-- ARGV[5]  how many bytes of bodies; at least one publication is returned
-- ARGV[6]  how long a publication is kept, ms
-- Returns  {epoch, the stream's last offset, 1 when it holds older ones, else 0, offset, header, body, offset, …}
local epoch, last = open()
local page, count, bytes = {epoch, last, 0}, 0, 0
local limit, max_bytes, too_old = tonumber(ARGV[4]), tonumber(ARGV[5]), now() - ARGV[6]
local newest = ARGV[3] == '' and last or math.min(last, ARGV[3] - 1)

while newest > 0 do
  local entries = redis.call('XREVRANGE', stream, newest, '-', 'COUNT', 16)
  if #entries == 0 then return page end
  for _, entry in ipairs(entries) do
    local offset, came = place(entry)
    if came < too_old then return page end
    local header, body = entry[2][2], entry[2][4]
    count, bytes = count + 1, bytes + #body
    if count > limit or (bytes > max_bytes and count > 1) then
      page[3] = 1
      return page
    end
    page[#page + 1] = offset
    page[#page + 1] = header
    page[#page + 1] = body
    newest = offset - 1
  end
end
return page
