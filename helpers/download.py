"""Downloads of MNIST's files: from several mirrors, in plain words, never without end.

A download is verified in memory before anybody gets it.
"""

import os
import queue
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
from requests import exceptions
from requests.utils import (
    get_environ_proxies,
    prepend_scheme_if_needed,
    select_proxy,
)

from helpers.files import MNIST, verified

# The mirrors that torchvision names, in the order in which they are tried.
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "http://yann.lecun.com/exdb/mnist/",
)
PATIENCE = 5.0  # seconds in which a connection must stand
SILENCE = 30.0  # seconds without a byte after which a connection is given up
PAUSE = 1.0  # seconds before mirrors whose fault may pass are asked once more


def download(names: list[str]) -> Iterator[tuple[str, bytes]]:
    """Get files of MNIST, as they are sent, each with its name; stop when one fails.

    The mirrors are those in ``$COURSE_MNIST_MIRRORS``, addresses with spaces between.
    Progress and failures are said on stdout.
    """
    mirrors = os.environ.get("COURSE_MNIST_MIRRORS", " ".join(MIRRORS)).split()
    numbered = list(enumerate(mirrors, 1))
    for name in names:
        content = _from_mirrors(name, numbered)
        if content is None:
            return
        yield name, content


class _FailedError(Exception):
    """Why a mirror did not deliver, and whether to ask it again."""

    def __init__(self, reason: str, again: bool = False) -> None:
        super().__init__(reason)
        self.again = again


def _from_mirrors(name: str, mirrors: list[tuple[int, str]]) -> bytes | None:
    """The file from the first mirror that delivers it.

    Mirrors that fail leave the list; those whose fault may pass come back at its end,
    and are asked once more. They are told apart by their number, as nobody knows where
    in a mistyped address a password stands.
    """
    size = f"{MNIST[name][0]:,} bytes"
    for _ in range(2):
        for number, mirror in list(mirrors):
            start = f"Downloading {name} ({size}) from mirror {number} "
            print(start, end="", flush=True)
            try:
                content = _from_mirror(f"{mirror.rstrip('/')}/{name}", name)
            except _FailedError as failure:
                print(f" failed: {failure}.", flush=True)
                mirrors.remove((number, mirror))
                mirrors += [(number, mirror)] if failure.again else []
            else:
                print(" done.", flush=True)
                return content
        time.sleep(PAUSE if mirrors else 0)
    return None


def _from_mirror(url: str, name: str) -> bytes:
    """The file from this address, verified; draws twenty dots as it comes.

    A thread of its own fetches it, so that nothing that hangs is waited for: the
    look-up of the address (which has no time limit), a proxy, the line.
    """
    size = MNIST[name][0]
    news, over = queue.SimpleQueue(), threading.Event()
    work = (url, 2 * size, news, over)
    threading.Thread(target=_fetch, args=work, name=f"get {name}", daemon=True).start()
    content, patience = bytearray(), PATIENCE
    try:
        while isinstance(item := news.get(timeout=patience), bytes):
            patience, before = SILENCE, len(content)
            content += item
            dots = min(20 * len(content) // size, 20) - min(20 * before // size, 20)
            print("." * dots, end="", flush=True)
        if item is not None:
            raise item
        verified(name, bytes(content))
        return bytes(content)
    except queue.Empty:
        raise _FailedError(f"no answer in {patience:g} seconds") from None
    except ValueError as error:
        raise _FailedError(f"it sent {error}", again=True) from None
    finally:
        over.set()


def _fetch(url: str, most: int, news: queue.SimpleQueue, over: threading.Event) -> None:
    """Put b"" into ``news`` once a connection stands, then the file, then None.

    Or a _FailedError. Stops when ``over`` is set, or ``most`` bytes have come.
    """
    stands = False
    turn = PATIENCE / 2.1  # for each address of a host, so that the second gets one
    try:
        requests.Request("GET", url).prepare()  # ValueError if this is no address
        proxy = select_proxy(url, get_environ_proxies(url))
        first = urlsplit(prepend_scheme_if_needed(proxy or url, "http"))
        port = first.port or (80 if first.scheme == "http" else 443)
        socket.create_connection((first.hostname, port), turn).close()
        stands = True
        news.put(b"")
        headers = {"Accept-Encoding": "identity"}
        limits = (turn, 2 * SILENCE)  # the other thread gives up first
        with requests.get(url, headers=headers, stream=True, timeout=limits) as answer:
            answer.raise_for_status()
            # As it is: some servers call .gz an encoding, which would then be undone.
            for chunk in answer.raw.stream(8192, decode_content=False):
                most -= len(chunk)
                if most < 0 or over.is_set():
                    break
                news.put(chunk)
        news.put(None)
    except Exception as error:
        news.put(_why(error, stands))


def _why(error: Exception, stands: bool) -> _FailedError:
    """The exception in plain words. Its own would show addresses with passwords."""
    if isinstance(error, exceptions.HTTPError):
        status = error.response.status_code
        return _FailedError(f"it answered with error {status}", again=status >= 500)
    if isinstance(error, ValueError):
        return _FailedError("its address does not work (http://server/folder/ would)")
    if isinstance(error, exceptions.SSLError):
        return _FailedError("its certificate is not trusted here")
    if isinstance(error, exceptions.ProxyError):
        return _FailedError("the proxy does not let it through")
    if isinstance(error, TimeoutError | exceptions.Timeout):
        return _FailedError(f"no answer in {PATIENCE:g} seconds")
    if stands:
        return _FailedError("the connection broke off", again=True)
    return _FailedError("no connection")
