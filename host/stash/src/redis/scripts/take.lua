-- KEYS: value, size. ARGV: what the entry costs beside its content.
local content = redis.call('GET', KEYS[1])
if content then
  redis.call('DEL', KEYS[1])
  discount(KEYS[2], ARGV[1] + #content)
end
return content
