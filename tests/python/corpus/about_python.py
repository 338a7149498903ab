"""What handlers have of Python: errors, imports, files and the standard library."""

from urllib.parse import quote

from .case import both, get, one, queries, sequence

NEVER = "Leaving by `SystemExit`"


def errors():
    kinds = (
        *("value", "own", "text", "assert", "division", "missing", "attribute", "name"),
        *("not-found", "recursion", "stop", "timeout", "http-from"),
    )
    yield from queries("errors/raises.py", *(f"kind={kind}" for kind in kinds))
    others = ("kind=value", "kind=caught", "kind=none", "kind=division&by=4")
    yield from both(queries("errors/raises.py", *others))
    for code in (400, 401, 404, 416, 451, 500, 503):
        for rest in ("", "&message=told"):
            yield one(f"/errors/raises.py?kind=http&code={code}{rest}")
    for kind in ("exit", "system-exit", "keyboard", "generator-exit"):
        yield one(f"/errors/raises.py?kind={kind}", silent=True, row=NEVER)
    yield from both(get("/errors/told.py", "/errors/printed.py", "/errors/latin_source.py"))
    yield from get(
        *("/errors/syntax.py", "/errors/no_main.py", "/errors/main_is_none.py"),
        *("/errors/no_arguments.py", "/errors/import_missing.py", "/errors/at_import.py"),
        *("/errors/open_at_import.py", "/errors/empty.py"),
    )
    yield one("/errors/exit_at_import.py", silent=True, row=NEVER)
    row = "An exception behind the head"
    yield from queries("errors/half_written.py", "how=head", on=("h1",), row=row)
    yield from queries("errors/half_written.py", "how=status", "how=half", on=("h1",))
    for path in ("/errors/nothing.py", "/nothing/at_all.py", "/errors/raises.py/more"):
        yield one(path)
    yield one("/errors", row_h2="The same on HTTP/2")
    yield from (one("/errors/nothing.py", method) for method in ("POST", "HEAD", "OPTIONS"))


def imports():
    yield from both(get("/imports/absolute.py", "/imports/whole.py", "/imports/by_file.py"))
    yield from queries("imports/absolute.py", "name=a", "name=%C3%A9", "name=a&name=b")
    yield from get("/imports/by_path.py", "/imports/delegates.py", "/imports/loose_words.py")
    for name in ("", "json", "imports.loose_words", "no.such.module", "imports.no_such", "."):
        yield one(f"/imports/by_name.py?module={name}" if name else "/imports/by_name.py")
    yield sequence("/imports/globals.py", "/imports/globals.py")
    yield sequence("/imports/by_path.py", "/imports/by_path.py", "/imports/absolute.py", kept=True)


def files():
    for name in ("notes.txt", "dot.bin", "data.json", "none.txt", "neighbour.py", ""):
        yield one(f"/files/neighbour.py?name={name}")
    yield from both(get("/files/lines.py", "/files/from_root.py"))
    yield from queries("files/from_root.py", "name=none", "name=files", "name=files/notes.txt", "name=")
    yield from both(queries("files/streamed.py", "", "skip=4", "length", "skip=99"))
    told = (("X-Told", "<caf\u00e9 & more>"),)
    yield from both([one(f"/files/filled.py?title=%3Cb%3E&{rest}", fields=told) for rest in ("", "plain")])
    yield one("/files/filled.py")
    for text in (
        *("a+{{GET[text]}}", "{{+GET[x]}}", "{{GET[x]}", "{{}}", "{{nothing}}", "{{GET}}", "{{$a}}"),
        *("{{$a:GET[x]}}{{$a}}", "{{GET[x][0]}}", "{{uuid(1)}}", "{{location[none]}}", "{{headers[none]}}"),
        *("{{fs_path(../../x)}}", "{{file_hash(crc,x)}}", "{{file_hash(md5,none)}}", "{{url_base}}", "{{GET(x)}}"),
        *("{{location[path]}}{{GET[x]\u00e9}}", "{{header_or_default(X-A,+b)}}", "{{(x)}}", "{{$b:}}"),
    ):
        yield one(f"/files/filled.py?x=1&text={quote(text, safe='+{}[]()$:,')}")
    yield from get("/files/listing.py", "/files/missing.py", "/files/missing.py?caught")


def digests():
    for how in (
        *("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b"),
        *("base64", "urlsafe", "unbase64", "integrity", "hmac", "crc", "nothing"),
    ):
        for content in ("content", "", "%FF%FE", "YQ%3D%3D"):
            yield one(f"/std/digests.py?how={how}&content={content}")
    for how in ("deflate", "raw"):
        yield from queries("std/packed.py", f"how={how}", f"how={how}&content=")
    yield from both(queries("std/packed.py", "how=gzip"))
    yield from queries("std/bits.py", "", "rgb=1,2,3", "rgb=256,0,0", "sound=16", "sound=0")


def text():
    for how in (
        *("escape", "unescape", "quote", "unquote", "join", "template", "letters", "search"),
        *("replace", "normal", "idna", "shift-jis", "fill"),
    ):
        for value in ("a+%26b+%3Cc%3E", "%C3%A9t%C3%A9", "../x", "%26amp%3B+some+longer+words", ""):
            yield one(f"/std/text.py?how={how}&text={value}")
    yield one("/std/times.py?how=zone", row="Names of time zones")
    for how in ("date", "iso", "stamp", "parse", "clocks"):
        yield one(f"/std/times.py?how={how}")
    for how in ("seeded", "own", "named", "shape"):
        yield one(f"/std/chances.py?how={how}")
    fresh = "/std/chances.py?how=fresh&id={id}"
    yield sequence(fresh, fresh)
    yield from get("/std/locks.py", "/std/environment.py", "/std/shapes.py", "/std/shapes.py?ascii")
    yield from queries("std/shapes.py", "json=[1.0,true,%22%5Cud83d%5Cude00%22]", "json=no", "json=1e400")
    yield one("/std/threads.py", row="Threads")


def cases():
    for group in (errors, imports, files, digests, text):
        yield from group()
