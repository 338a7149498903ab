-- KEYS: value, size. ARGV: content, cost, limit of bytes, limit of entries.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 'occupied'
end
local refused = count(KEYS[2], ARGV[2], ARGV[3], ARGV[4])
if refused then
  return refused
end
redis.call('SET', KEYS[1], ARGV[1])
return nil
