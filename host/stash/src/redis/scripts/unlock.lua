-- KEYS: lock. ARGV: token. It may be another's by now.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
