def main(request, response):
    out = []
    for name in sorted(request.POST.keys()):
        for value in request.POST.get_list(name):
            if isinstance(value, bytes):
                out.append((name, value))
            else:
                out.append((name, value.name, value.filename, value.type, value.value,
                            value.file.read()))
    out.append(request.POST.first(b"none", None))
    return repr(out)
