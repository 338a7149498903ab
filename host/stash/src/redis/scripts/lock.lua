-- KEYS: lock. ARGV: token, milliseconds. Whether it is ours now.
return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0
