-- Counts one entry less. With the last one the count goes too: should Redis
-- have lost entries, it is right again from then on.
local function discount(size, cost)
  -- Not `-cost`: what Lua makes of -0 is no number to Redis.
  redis.call('HINCRBY', size, 'bytes', 0 - cost)
  if redis.call('HINCRBY', size, 'entries', -1) <= 0 then
    redis.call('DEL', size)
  end
end
