-- KEYS: queue, size. ARGV: content, cost, limit of bytes, limit of entries.
local refused = count(KEYS[2], ARGV[2], ARGV[3], ARGV[4])
if refused then
  return refused
end
redis.call('RPUSH', KEYS[1], ARGV[1])
return nil
