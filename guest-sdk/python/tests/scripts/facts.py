import os


def main(request, response):
    parts = request.url_parts
    return repr([request.method, request.url, request.request_path, parts.path, parts.query,
                 parts.scheme, parts.netloc, parts.port, parts.hostname, parts.fragment,
                 request.url_base, request.route_match, request.protocol_version,
                 request.request_line, request.client_address[0], str(request)[:9],
                 os.path.relpath(__file__, request.doc_root), __name__,
                 request.doc_root == os.path.dirname(__file__)])
