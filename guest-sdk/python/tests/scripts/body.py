def main(request, response):
    file = request.raw_input
    out = [file.read(3), file.tell(), request.body, file.tell(), file.readline(),
           file.readline(2), file.readlines(), file.read(), file.length]
    file.seek(0)
    out.append(list(file))
    for place in (-1, 1000):
        try:
            file.seek(place)
        except ValueError:
            out.append("ValueError")
    return repr(out)
