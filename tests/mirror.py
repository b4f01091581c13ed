"""A mirror of MNIST on this machine that can fail in every way a real one does.

``with Mirror(files, broken, deliver) as mirror`` answers the first request with
``broken`` and all later ones with ``deliver``: functions of the handler and the file.
"""

import http.server
import socket
import threading
import time
from collections.abc import Callable

Handler = http.server.BaseHTTPRequestHandler
Answer = Callable[[Handler, bytes], None]


def deliver(
    handler: Handler, body: bytes, promised: int | None = None, **headers
) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(promised or len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)
    handler.wfile.flush()


def hang(handler: Handler, body: bytes) -> None:
    handler.server.closing.wait(60)  # the mirror closes


def half_then_hang(handler: Handler, body: bytes) -> None:
    deliver(handler, body[: len(body) // 2], promised=len(body))
    hang(handler, body)


def drip(handler: Handler, body: bytes) -> None:
    """One byte at a time: never silent for long, and never done."""
    deliver(handler, b"", promised=len(body))
    for i in range(len(body)):
        if handler.server.closing.wait(0.05):
            return
        handler.wfile.write(body[i : i + 1])
        handler.wfile.flush()


def slow(handler: Handler, body: bytes) -> None:
    """The whole file, in pieces with pauses."""
    deliver(handler, b"", promised=len(body))
    for start in range(0, len(body), 16_000):
        time.sleep(0.06)
        handler.wfile.write(body[start : start + 16_000])
        handler.wfile.flush()


def late(handler: Handler, body: bytes) -> None:
    """Nothing for a while, then all at once."""
    time.sleep(1)
    deliver(handler, body)


def truncated(handler: Handler, body: bytes) -> None:
    """Promises all and closes the line half way."""
    deliver(handler, body[: len(body) // 2], promised=len(body))


def changed(handler: Handler, body: bytes) -> None:
    """One bit differs."""
    middle = len(body) // 2
    deliver(handler, body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :])


def web_page(handler: Handler, body: bytes) -> None:
    page = b"\n<!DOCTYPE html><html><body>Please log in to the network</body></html>"
    deliver(handler, page, Content_Type="text/html")


def error(status: int) -> Answer:
    def answer(handler: Handler, body: bytes) -> None:
        handler.send_error(status)

    answer.__name__ = f"error {status}"
    return answer


def endless(handler: Handler, body: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.closing.is_set():
        handler.wfile.write(bytes(100_000))


def as_encoding(handler: Handler, body: bytes) -> None:
    """The right bytes, called an encoding that a browser would undo."""
    deliver(handler, body, Content_Encoding="gzip")


class Mirror:
    """Serves ``files`` (content by name) over HTTP on 127.0.0.1 with these answers."""

    def __init__(self, files: dict[str, bytes], *answers: Answer) -> None:
        self.asked: list[str] = []  # names, in the order in which they were asked for
        remaining = list(answers or [deliver])
        mirror = self

        class RequestHandler(Handler):
            def do_GET(self) -> None:
                name = self.path.rpartition("/")[2]
                mirror.asked.append(name)
                answer = remaining.pop(0) if len(remaining) > 1 else remaining[0]
                answer(self, files[name])

            def log_message(self, *args: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *args: object) -> None:
                pass  # the other side hung up, as it should on a bad answer

        self.server = Server(("127.0.0.1", 0), RequestHandler)
        self.server.closing = threading.Event()
        self.url = f"http://127.0.0.1:{self.server.server_port}/mnist/"

    def __enter__(self) -> "Mirror":
        loop = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        loop.daemon = True
        loop.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.server.closing.set()
        self.server.shutdown()
        self.server.server_close()


class Swallowing:
    """A mirror that takes up no connection, as behind a firewall; on Linux."""

    def __enter__(self) -> "Swallowing":
        self.full, *waiting = self.sockets = [socket.socket() for _ in range(4)]
        self.full.bind(("127.0.0.1", 0))
        self.full.listen(0)
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(self.full.getsockname())
        self.url = f"http://127.0.0.1:{self.full.getsockname()[1]}/mnist/"
        return self

    def __exit__(self, *exception: object) -> None:
        for each in self.sockets:
            each.close()


def down() -> str:
    """The address of a mirror where nothing listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}/mnist/"
