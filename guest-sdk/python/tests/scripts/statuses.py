def main(request, response):
    forms = {b"int": 404, b"text": "201"[:2] + "1", b"pair": (402, "Pay me"), b"none": (200, None),
             b"bytes": (299, b"By\xe9tes"), b"list": ["203", "Str"], b"three": (1, 2, 3),
             b"odd": 987}
    response.status = forms[request.GET.first(b"as")]
    response.status_code = 500
    return "status %r" % (response.status,)
