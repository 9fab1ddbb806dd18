-- A page of the room's stream, from its newest publication backwards.
--
-- ARGV[3]  only offsets below this one; empty: from the end
-- ARGV[4]  how many publications; 0: only where the stream ends
-- ARGV[5]  how many bytes of bodies; at least one publication is returned, and at most one more is read
-- ARGV[6]  how long a publication is kept, ms
-- Returns  {epoch, the stream's last offset, 1 when it holds older ones, else 0, offset, header, body, user or '', offset, …}
local known = open()
local page, count, bytes = {known.e, known.o, 0}, 0, 0
local limit, max_bytes, time = tonumber(ARGV[4]), tonumber(ARGV[5]), now()
local too_old = time - ARGV[6]
local newest = ARGV[3] == '' and known.o or math.min(known.o, ARGV[3] - 1)

-- Whether the stream holds this offset: only where something in it is too old it has to be read.
local function holds(offset)
  if offset < known.f then return false end
  if known.x >= time then return true end
  local entry = redis.call('XREVRANGE', stream, offset, '-', 'COUNT', 1)[1]
  if not entry then return false end
  local _, came = place(entry)
  return came >= too_old
end

while newest > 0 and count < limit and (bytes < max_bytes or count == 0) do
  local fit = math.min(limit - count, fitting(known, max_bytes - bytes))
  local entries = redis.call('XREVRANGE', stream, newest, '-', 'COUNT', fit)
  if #entries == 0 then return page end
  for _, entry in ipairs(entries) do
    local offset, came = place(entry)
    if came < too_old then return page end
    local header, body = entry[2][2], entry[2][4]
    bytes = bytes + #body
    if bytes > max_bytes and count > 0 then
      page[3] = 1
      return page
    end
    count = count + 1
    page[#page + 1] = offset
    page[#page + 1] = header
    page[#page + 1] = body
    page[#page + 1] = entry[2][6] or ''
    newest = offset - 1
  end
end
page[3] = limit > 0 and holds(newest) and 1 or 0
return page
