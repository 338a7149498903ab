"""Dates that stay, and clocks that go."""

import calendar
import datetime
import time
from datetime import timedelta, timezone
from email.utils import formatdate


def main(request, response):
    how = request.GET.first(b"how", b"date")
    fixed = datetime.datetime(2024, 2, 29, 12, 0, tzinfo=timezone.utc)
    if how == b"date":
        return fixed.strftime("%a, %d %b %Y %H:%M:%S GMT")
    if how == b"iso":
        return (fixed + timedelta(days=366)).isoformat()
    if how == b"stamp":
        return str(calendar.timegm(fixed.timetuple())) + " " + formatdate(0, usegmt=True)
    if how == b"parse":
        return str(datetime.datetime.strptime("22 Nov 2026", "%d %b %Y").date())
    if how == b"zone":
        return time.strftime("%Y %Z", time.gmtime(0))
    before, steady = time.time(), time.monotonic()
    time.sleep(0.02)
    gone = (time.time() - before, time.monotonic() - steady)
    known = datetime.datetime.now(timezone.utc).year >= 2025
    return repr([all(0.015 < seconds < 30 for seconds in gone), known])
