"""Locks, queues and what belongs to a thread, without a second thread."""

import collections
import queue
import threading


def main(request, response):
    lock, again = threading.Lock(), threading.RLock()
    seen = []
    with lock:
        seen.append(lock.locked())
        seen.append(lock.acquire(blocking=False))
    with again, again:
        seen.append(again.acquire(blocking=False))
        again.release()
    event = threading.Event()
    event.set()
    seen.append(event.wait(1))
    own = threading.local()
    own.value = 3
    seen.append(own.value)
    waiting = queue.Queue()
    for word in ("a", "b"):
        waiting.put(word)
    seen.append([waiting.get(), waiting.get_nowait(), waiting.empty()])
    try:
        waiting.get(timeout=0.01)
    except queue.Empty:
        seen.append("empty")
    lined = collections.deque([1, 2, 3], maxlen=2)
    seen.append(list(lined))
    seen.append(threading.Semaphore(1).acquire(timeout=1))
    return repr(seen)
