-- Counts one more entry if there is room, or returns the limit that there is.
local function count(size, cost, bytes, entries)
  if tonumber(redis.call('HGET', size, 'bytes') or 0) + cost > tonumber(bytes) then
    return 'bytes'
  end
  if tonumber(redis.call('HGET', size, 'entries') or 0) >= tonumber(entries) then
    return 'entries'
  end
  redis.call('HINCRBY', size, 'bytes', cost)
  redis.call('HINCRBY', size, 'entries', 1)
end
