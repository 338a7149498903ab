"""Sends a case to a server, and collects the answers."""

import threading
import uuid
from dataclasses import replace

from .answer import Answer, Names
from .http1 import Http1
from .http2 import Http2

CLIENTS = {"h1": Http1, "h2": Http2}


def play(case, protocol, ports, patient):
    """The answers to all requests of a case. A `patient` client waits for those that
    wptserve never gives."""
    token = str(uuid.uuid4())
    client, port = CLIENTS[protocol], ports[protocol]

    def names(ask):
        return Names(ports, token, ask.volatile)

    def ready(ask):
        body = ask.body and tuple(piece.replace(b"{id}", token.encode()) for piece in ask.body)
        return replace(ask, path=ask.path.replace("{id}", token), body=body)

    def alone(ask):
        connection = client(port)
        try:
            connection.send(ready(ask), patient)
            return connection.answer(names(ask))
        finally:
            connection.close()

    if case.gate is not None:
        return gated(case, client(port), alone, ready, names)
    if case.kept:
        return kept(case, client(port, kept=True), ready, names, patient)
    return [*together(case.together, alone), *map(alone, case.asks)]


def kept(case, connection, ready, names, patient):
    answers = []
    try:
        for ask in case.asks:
            try:
                connection.send(ready(ask), patient)
                answers.append(connection.answer(names(ask)))
            except OSError:
                answers.append(Answer(ended="cut"))
    finally:
        connection.close()
    return answers


def together(asks, alone):
    """The answers to requests that are sent at the same time."""
    answers = [Answer(ended="cut")] * len(asks)
    start = threading.Barrier(max(len(asks), 1))

    def run(number, ask):
        start.wait()
        answers[number] = alone(ask)

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(asks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def gated(case, connection, alone, ready, names):
    held, *others = case.asks
    try:
        connection.send(ready(held), True)
        if not connection.see(case.gate):
            return [Answer(ended="cut")]
        # It is there before the handler is done: nobody has let it go.
        released = [alone(ask) for ask in others]
        return [connection.answer(names(held)), *released]
    finally:
        connection.close()
