-- KEYS: queue, size. ARGV: what the entry costs beside its content.
local content = redis.call('LPOP', KEYS[1])
if content then
  discount(KEYS[2], ARGV[1] + #content)
end
return content
