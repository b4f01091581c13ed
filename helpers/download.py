"""The four files of MNIST: found, verified, downloaded if need be, and kept.

Every file is verified each time it is read, so nothing half-written or damaged is ever
taken for data. A download is verified in memory before a byte of it is written, and
appears on the disk under its name in one step. Where nothing can be had, `mnist_files`
says why and returns None.
"""

import contextlib
import hashlib
import io
import os
import queue
import threading
import time
import urllib.parse
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from helpers import COURSE

if TYPE_CHECKING:
    import requests

DATA = Path(__file__).resolve().parents[1] / "data"
# The mirrors that torchvision names, in the order in which they are tried.
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "http://yann.lecun.com/exdb/mnist/",
)
# The size of each file in bytes, and its SHA-256.
FILES = {
    "train-images-idx3-ubyte.gz": (
        9_912_422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    "train-labels-idx1-ubyte.gz": (
        28_881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    "t10k-images-idx3-ubyte.gz": (
        1_648_877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    "t10k-labels-idx1-ubyte.gz": (
        4_542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
}
PATIENCE = 5.0  # seconds without news after which a mirror is given up
PAUSE = 1.0  # seconds before mirrors whose fault may pass are asked once more
LEFTOVER = 600.0  # age in seconds from which a half-written file is nobody's any more


def mnist_files() -> dict[str, bytes] | None:
    """The content of the four files by name, in the order of FILES, all verified.

    Looks in ``data/MNIST/raw`` (``$COURSE_DATA_DIR/MNIST/raw`` where that variable is
    set), then in the user's cache folder. What is missing or damaged is downloaded from
    the mirrors (``$COURSE_MNIST_MIRRORS``, addresses with spaces between; empty: none)
    and kept in the first of these folders that can be written to. Whatever is out of
    the ordinary is said on stdout. None if a file cannot be had.
    """
    files = {name: _read(name) for name in FILES}
    missing = [name for name, content in files.items() if content is None]
    if missing:
        files |= _download(missing)
    return None if None in files.values() else files


def _folders() -> Iterator[Path]:
    """Where the files may lie: the course's data folder, then the user's cache."""
    data = os.environ.get("COURSE_DATA_DIR") or DATA
    yield Path(data).expanduser() / "MNIST" / "raw"
    yield Path(_pooch().os_cache(COURSE)) / "MNIST" / "raw"


def _pooch() -> ModuleType:
    """Import pooch without the warning about a progress bar that is not used here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "IProgress not found")
        import pooch
    return pooch


def _read(name: str) -> bytes | None:
    """The content of the file, if one of the folders has it whole."""
    damaged = False
    for folder in _folders():
        with contextlib.suppress(OSError):
            content = (folder / name).read_bytes()
            if _fault(name, content) is None:
                return content
            damaged = True
    if damaged:
        print(f"The file {name} on this machine is damaged: getting it again.")
    return None


def _fault(name: str, content: bytes) -> str | None:
    """What is wrong with ``content`` as the file ``name``; None if it is that file."""
    size, sha256 = FILES[name]
    if content.lstrip()[:1] == b"<":
        return "it sent a web page instead of the file"
    if len(content) != size:
        return f"it sent {len(content):,} bytes instead of {size:,}"
    if hashlib.sha256(content).hexdigest() != sha256:
        return "it sent something else than the file (wrong checksum)"
    return None


def _download(names: list[str]) -> dict[str, bytes]:
    """Get the files from the mirrors and keep them; stop when one cannot be had."""
    mirrors = os.environ.get("COURSE_MNIST_MIRRORS", " ".join(MIRRORS)).split()
    total = sum(FILES[name][0] for name in names)
    if mirrors:
        print(f"Downloading MNIST ({total / 1e6:.2g} MB, only this once).", flush=True)
    progress = _Progress(total)
    files, folders = {}, list(_folders())
    for name in names:
        content = _from_mirrors(name, mirrors, progress)
        if content is None:
            progress.say(
                "MNIST cannot be had now, so stand-in digits take its place. To get "
                "MNIST, connect to the internet and run this again."
            )
            break
        files[name] = content
        _keep(name, content, folders, progress.say)
    return files


def _from_mirrors(name: str, mirrors: list[str], progress: "_Progress") -> bytes | None:
    """The file from the first mirror that delivers; that mirror moves to the front.

    Says which mirrors failed and why. Those whose fault may pass are asked once more.
    """
    asked = list(mirrors)
    for pause in (PAUSE, 0):
        again = []
        for mirror in asked:
            try:
                content = _from_mirror(mirror, name, progress)
            except _MirrorFailed as failure:
                host = urllib.parse.urlsplit(mirror).netloc.rpartition("@")[2] or mirror
                progress.say(f"The mirror {host} failed: {failure.reason}.")
                if failure.may_pass:
                    again.append(mirror)
            else:
                mirrors.remove(mirror)
                mirrors.insert(0, mirror)
                return content
        asked = again
        time.sleep(pause if asked else 0)
    return None


class _MirrorFailed(Exception):
    """Why a mirror did not deliver, and whether that may pass."""

    def __init__(self, reason: str, may_pass: bool) -> None:
        super().__init__(reason)
        self.reason, self.may_pass = reason, may_pass


def _from_mirror(mirror: str, name: str, progress: "_Progress") -> bytes:
    """The file from this mirror, in memory, verified; raises _MirrorFailed.

    The download runs in a thread of its own, so that whatever hangs (the look-up of the
    address, a proxy, the line) is noticed after PATIENCE seconds.
    """
    news = queue.SimpleQueue()  # how many bytes came, ...; then None or an exception
    sink = _Sink(news, FILES[name][0])

    def as_it_is(response: "requests.Response", **_: object) -> None:
        # Some servers call .gz an encoding of the file, which would then be undone.
        response.raw.headers.pop("Content-Encoding", None)

    fetch = _pooch().HTTPDownloader(
        chunk_size=8192,
        timeout=PATIENCE,
        headers={"Accept-Encoding": "identity"},
        hooks={"response": as_it_is},
    )

    def work() -> None:
        try:
            fetch(mirror.rstrip("/") + "/" + name, sink, None)
            news.put(None)
        except Exception as error:
            news.put(error)

    threading.Thread(target=work, name=f"get {name}", daemon=True).start()
    before = progress.done
    try:
        while isinstance(item := news.get(timeout=PATIENCE), int):
            progress.show(progress.done + item)
        if item is not None:
            raise _why(item)
        content = sink.getvalue()
        if fault := _fault(name, content):
            raise _MirrorFailed(fault, may_pass="web page" not in fault)
        return content
    except (queue.Empty, _MirrorFailed) as error:
        progress.done = before
        raise _why(error) from None
    finally:
        sink.close()  # makes the thread stop at its next byte


class _Sink(io.BytesIO):
    """Takes a download in memory, tells how much came, and refuses far too much."""

    def __init__(self, news: queue.SimpleQueue, size: int) -> None:
        super().__init__()
        self.news, self.most = news, size + 1_000_000

    def write(self, chunk: bytes) -> int:
        if self.tell() + len(chunk) > self.most:
            raise _MirrorFailed("it sent far more than the file", may_pass=False)
        self.news.put(len(chunk))
        return super().write(chunk)


def _why(error: Exception) -> _MirrorFailed:
    """The exception that ended a download, in plain words."""
    from requests import exceptions

    if isinstance(error, _MirrorFailed):
        return error
    if isinstance(error, exceptions.HTTPError):
        status = error.response.status_code
        return _MirrorFailed(f"it answered with error {status}", may_pass=status >= 500)
    timeout = isinstance(error, queue.Empty | exceptions.Timeout)
    if timeout or "timed out" in str(error):
        return _MirrorFailed(f"no answer in {PATIENCE:g} seconds", may_pass=False)
    if isinstance(error, exceptions.ChunkedEncodingError):
        return _MirrorFailed("the connection broke off", may_pass=True)
    if isinstance(error, exceptions.SSLError):
        return _MirrorFailed("its certificate is not trusted here", may_pass=False)
    if isinstance(error, exceptions.ConnectionError):
        return _MirrorFailed("no connection", may_pass=False)
    return _MirrorFailed(f"its address does not work ({error})", may_pass=False)


class _Progress:
    """A progress bar of plain characters: right in a notebook, a terminal and a log."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.marks = total, 0, 0

    def show(self, done: int) -> None:
        """``done`` bytes are there: a dot for every 2 %, a figure for every 10 %."""
        self.done = done
        while self.marks < 50 and (self.marks + 1) * self.total <= 50 * done:
            self.marks += 1
            mark = "." if self.marks % 5 else f"{2 * self.marks}%"
            print(mark, end="\n" if self.marks == 50 else "", flush=True)

    def say(self, message: str) -> None:
        """Print a line; a bar that had begun starts again below it."""
        print(("\n" if 0 < self.marks < 50 else "") + message, flush=True)
        self.marks = 0


def _keep(
    name: str, content: bytes, folders: list[Path], say: Callable[[str], None]
) -> None:
    """Write the file into the first of ``folders`` that takes it; drop those before.

    It gets a temporary name first and is then renamed, in one step: other processes see
    the whole file or none.
    """
    while folders:
        folder = folders[0]
        partial = folder / f".{name}.{uuid.uuid4().hex}.part"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _remove_leftovers(folder)
            try:
                partial.write_bytes(content)
                os.replace(partial, folder / name)
            finally:
                partial.unlink(missing_ok=True)
            return
        except OSError as error:
            with contextlib.suppress(OSError):  # has another process just put it there?
                if _fault(name, (folder / name).read_bytes()) is None:
                    return
            folders.pop(0)
            then = "MNIST is not kept, and will be downloaded again next time"
            if folders:
                then = f"MNIST is kept in {_short(folders[0])}"
            reason = f"cannot be written to ({error.strerror})"
            say(f"The folder {_short(folder)} {reason}: {then}.")


def _remove_leftovers(folder: Path) -> None:
    """Delete what processes that were killed while writing left behind."""
    for partial in folder.glob(".*.part"):
        with contextlib.suppress(OSError):
            if time.time() - partial.stat().st_mtime > LEFTOVER:
                partial.unlink()


def _short(folder: Path) -> str:
    """The folder as a learner knows it: from the course's folder, or from ~."""
    for start, name in ((DATA.parent, ""), (Path.home(), "~/")):
        if folder.is_relative_to(start):
            return name + folder.relative_to(start).as_posix()
    return folder.as_posix()
