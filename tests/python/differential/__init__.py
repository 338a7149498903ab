"""The same requests to wptserve 4.0.3 and to host, on HTTP/1 and HTTP/2.

`tree` is the folder that both serve. `static`, `pipes`, `templates` and
`malformed` hold the requests, each with the row of the inventory of wptserve that
it is about; `answers` sends them, `compat` explains how the answers differ.
"""
