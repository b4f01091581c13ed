"""The data: every fault of a network or a disk that a learner may meet, really made.

The mirrors are servers on this machine. The files are of MNIST's shape, and each image
in them holds its own number. Tests of the real files are skipped where they are not.
"""

import collections
import copy
import gzip
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from helpers import data, download
from tests import mirror as faults
from tests.mirror import Mirror, deliver, down

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 1.2  # in these tests; a learner's is download.PATIENCE
OUT_OF_MNIST = (
    "MNIST cannot be had now, so stand-in digits take its place. To get MNIST, connect "
    "to the internet and run this again."
)
BAR = "....10%....20%....30%....40%....50%....60%....70%....80%....90%....100%"
NO_ANSWER = r"(no connection|no answer in 1\.2 seconds)\."  # one system, or another
LOADED = "MNIST: 100 digits to train, 20 to validate, 30 to test"
STAND_IN = (
    "Stand-in digits, not MNIST (scikit-learn's 8 x 8 digits, enlarged): 100 digits to "
    "train, 20 to validate, 30 to test"
)
IMAGES, LABELS, TEST_IMAGES, TEST_LABELS = download.FILES


# What the tests stand on --------------------------------------------------------------


def labels_of(numbers: np.ndarray) -> np.ndarray:
    """The labels of the images with these numbers; classes differ in size."""
    return (np.sqrt(numbers * 7 % 100)).astype(np.uint8)


def numbers_of(x: np.ndarray) -> np.ndarray:
    """The numbers of the images (N, 784): their first three pixels, lowest first."""
    return np.rint(x[:, :3] * 255).astype(np.int64) @ [1, 256, 65_536]


def idx(array: np.ndarray) -> bytes:
    """A gzipped IDX file."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return gzip.compress(header + array.tobytes(), compresslevel=1, mtime=0)


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    made = []
    for count, first in ((60_000, 0), (10_000, 100_000)):
        numbers = np.arange(first, first + count)
        x = np.zeros((count, 28, 28), np.uint8)
        for byte in range(3):
            x[:, 0, byte] = numbers >> 8 * byte & 255
        made += [idx(x), idx(labels_of(numbers))]
    return dict(zip(download.FILES, made, strict=True))


@pytest.fixture(scope="session")
def table(files) -> dict[str, tuple[int, str]]:
    return {
        name: (len(content), hashlib.sha256(content).hexdigest())
        for name, content in files.items()
    }


class Course:
    """A fresh copy of the course without MNIST, and the learner who loads it."""

    def __init__(self, home: Path, size: int, capsys, monkeypatch) -> None:
        self.downloading = f"Downloading MNIST ({size / 1e6:.2g} MB, only this once)."
        self.home, self.capsys, self.monkeypatch = home, capsys, monkeypatch
        self.folder = home / "data" / "MNIST" / "raw"
        self.cache = home / "cache" / "MNIST" / "raw"

    def mirrors(self, *addresses: object) -> None:
        urls = " ".join(getattr(address, "url", address) for address in addresses)
        self.monkeypatch.setenv("COURSE_MNIST_MIRRORS", urls)

    def load(self, **options):
        """What `mnist` returned, the lines it printed, and the seconds it took."""
        options = {"train": 100, "val": 20, "test": 30} | options
        started = time.perf_counter()
        digits = data.mnist(**options)
        seconds = time.perf_counter() - started
        out, err = self.capsys.readouterr()
        assert err == ""
        assert "\r" not in out and "\x1b" not in out
        return digits, out.splitlines(), seconds

    def kept(self, folder: Path | None = None) -> dict[str, bytes]:
        """All that lies in the folder, by name."""
        folder = folder or self.folder
        if not folder.is_dir():
            return {}
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    def put(self, files: dict[str, bytes]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (self.folder / name).write_bytes(content)


@pytest.fixture
def course(tmp_path, table, capsys, monkeypatch) -> Course:
    monkeypatch.setattr(download, "FILES", table)
    monkeypatch.setattr(download, "PATIENCE", PATIENCE)
    monkeypatch.setattr(download, "PAUSE", 0.01)
    monkeypatch.setattr("pooch.os_cache", lambda project: tmp_path / "cache")
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "data"))
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    total = sum(size for size, _ in table.values())
    return Course(tmp_path, total, capsys, monkeypatch)


def is_mnist(digits) -> bool:
    """Are these the files' digits, each with its own label, each in its own part?"""
    limits = ((0, 50_000), (50_000, 60_000), (100_000, 110_000))
    for (x, y), (first, end) in zip(digits, limits, strict=True):
        numbers = numbers_of(x)
        if not ((numbers >= first) & (numbers < end)).all():
            return False
        if len(set(numbers)) != len(x) or not (labels_of(numbers) == y).all():
            return False
    return not digits.stand_in


DRIVER = """
import json, os, sys, time
from helpers import data, download
import pooch
settings = json.loads(sys.argv[1])
download.FILES = {name: tuple(entry) for name, entry in settings["files"].items()}
download.PATIENCE, download.PAUSE = settings["patience"], 0.01
pooch.os_cache = lambda project: settings["cache"]
"""
LOAD = "print(data.mnist(train=100, val=20, test=30))\n"


def start(course: Course, table: dict, script: str, patience: float = 20.0):
    """A process of its own that loads MNIST as ``script`` says."""
    cache = str(course.home / "cache")
    settings = {"files": table, "patience": patience, "cache": cache}
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER + textwrap.dedent(script), json.dumps(settings)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )


def finish(process) -> list[str]:
    """The lines it printed; it must have ended well and quietly."""
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, ""), err
    return out.splitlines()


# MNIST from the mirrors ---------------------------------------------------------------


def test_first_load_downloads_and_the_second_only_reads(course, files):
    with Mirror(files) as mirror:
        course.mirrors(mirror)
        digits, said, _ = course.load()
        assert is_mnist(digits)
        assert said == [course.downloading, BAR, LOADED]
        assert course.kept() == files
        assert mirror.asked == list(files)
        again, said, _ = course.load()
    assert said == [LOADED]
    assert mirror.asked == list(files)
    for (x, y), (x_again, y_again) in zip(digits, again, strict=True):
        assert (x == x_again).all() and (y == y_again).all()


def test_first_mirror_down(course, files):
    with Mirror(files) as good:
        bad = down()
        course.mirrors(bad, good)
        digits, said, _ = course.load()
    assert is_mnist(digits)
    assert course.kept() == files
    host = bad.split("/")[2]
    assert re.fullmatch(f"The mirror {host} failed: {NO_ANSWER}", said[1])
    assert [said[0], *said[2:]] == [course.downloading, BAR, LOADED]  # asked but once


def test_all_mirrors_down(course):
    course.mirrors(down(), down())
    digits, said, seconds = course.load()
    assert digits.stand_in
    assert said[0] == course.downloading
    assert all(re.search(f" failed: {NO_ANSWER}$", line) for line in said[1:3])
    assert said[3:] == [OUT_OF_MNIST, STAND_IN]
    assert course.kept() == {}
    assert seconds < 5


def test_mirrors_that_go_down_half_way(course, files):
    """What has come is kept, the rest comes next time."""
    with Mirror(files, faults.changed, deliver, faults.error(404)) as mirror:
        course.mirrors(mirror)
        digits, said, _ = course.load()
        assert mirror.asked == [IMAGES, IMAGES, LABELS]  # no other file is tried
    assert digits.stand_in
    assert said[-2:] == [OUT_OF_MNIST, STAND_IN]
    assert said[-4].startswith("....10%....20%") and "100%" not in "".join(said)
    assert course.kept() == {IMAGES: files[IMAGES]}
    with Mirror(files) as mirror:
        course.mirrors(mirror)
        digits, said, _ = course.load()
    assert is_mnist(digits)
    assert mirror.asked == [LABELS, TEST_IMAGES, TEST_LABELS]


@pytest.mark.parametrize("fault", [faults.hang, faults.half_then_hang, faults.drip])
def test_connection_that_hangs(course, files, fault):
    with Mirror(files, fault) as bad, Mirror(files) as good:
        course.mirrors(bad, good)
        digits, said, seconds = course.load()
    assert is_mnist(digits)
    assert course.kept() == files
    failed = [line for line in said if line.startswith("The mirror 127.0.0.1:")]
    assert [line.partition(" failed: ")[2] for line in failed] == [
        "no answer in 1.2 seconds."
    ]
    assert PATIENCE * 0.9 < seconds < PATIENCE + 4
    assert said[-2:] == [BAR, LOADED]


def test_all_connections_hang(course, files):
    with Mirror(files, faults.hang) as a, Mirror(files, faults.hang) as b:
        course.mirrors(a, b)
        digits, said, seconds = course.load()
        assert a.asked == b.asked == [IMAGES]
    assert digits.stand_in
    assert said[-2:] == [OUT_OF_MNIST, STAND_IN]
    assert course.kept() == {}
    assert seconds < 2 * PATIENCE + 4


def test_a_blocked_network_costs_a_learner_seconds():
    assert download.PATIENCE * len(download.MIRRORS) <= 10


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse at once")
def test_connection_that_is_never_taken_up(course, files):
    """What a firewall that swallows everything looks like."""
    with socket.socket() as full, Mirror(files) as good:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        course.mirrors(f"http://127.0.0.1:{full.getsockname()[1]}/", good)
        digits, said, seconds = course.load()
        for client in waiting:
            client.close()
    assert is_mnist(digits)
    assert said[1].endswith("failed: no answer in 1.2 seconds.")
    assert seconds < PATIENCE + 4


def test_look_up_of_the_address_that_hangs(course, files, monkeypatch):
    """No timeout of requests covers this one."""
    look_up, over = socket.getaddrinfo, threading.Event()

    def hangs(host, *args, **kwargs):
        if host == "mirror.invalid":
            over.wait(20)
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    monkeypatch.setenv("no_proxy", "127.0.0.1,mirror.invalid")
    with Mirror(files) as good:
        course.mirrors("http://mirror.invalid/mnist/", good)
        digits, said, seconds = course.load()
    over.set()
    assert is_mnist(digits)
    assert said[1] == "The mirror mirror.invalid failed: no answer in 1.2 seconds."
    assert seconds < PATIENCE + 4


BAD_ANSWERS = {
    faults.truncated: (r"the connection broke off|it sent [\d,]+ bytes instead of", 2),
    faults.short: (r"it sent [\d,]+ bytes instead of [\d,]+", 2),
    faults.changed: (r"it sent something else than the file \(wrong checksum\)", 2),
    faults.web_page: ("it sent a web page instead of the file", 1),
    faults.endless: ("it sent far more than the file", 1),
    faults.error(404): ("it answered with error 404", 1),
    faults.error(403): ("it answered with error 403", 1),
    faults.error(503): ("it answered with error 503", 2),
}
bad_answers = pytest.mark.parametrize(
    ("fault", "reason", "times"),
    [(fault, *expected) for fault, expected in BAD_ANSWERS.items()],
    ids=[expected[0][:30] for expected in BAD_ANSWERS.values()],
)


@bad_answers
def test_bad_answer_of_the_first_mirror(course, files, fault, reason, times):
    with Mirror(files, fault) as bad, Mirror(files) as good:
        course.mirrors(bad, good)
        digits, said, _ = course.load()
        assert bad.asked == [IMAGES]
        assert good.asked == list(files)
    assert is_mnist(digits)
    assert course.kept() == files
    (failed,) = (line for line in said if line.startswith("The mirror"))
    assert re.fullmatch(rf"The mirror 127\.0\.0\.1:\d+ failed: ({reason}).*\.", failed)
    assert said[-2:] == [BAR, LOADED]


@bad_answers
def test_bad_answer_of_every_mirror(course, files, fault, reason, times):
    with Mirror(files, fault) as mirror:
        course.mirrors(mirror)
        digits, said, seconds = course.load()
        assert mirror.asked == [IMAGES] * times  # again only if that may help
    assert digits.stand_in
    assert len(re.findall(f"failed: ({reason})", "\n".join(said))) == times
    assert said[-2:] == [OUT_OF_MNIST, STAND_IN]
    assert course.kept() == {}
    assert seconds < 5


@pytest.mark.parametrize("fault", [faults.truncated, faults.changed, faults.error(503)])
def test_fault_that_passes(course, files, fault):
    with Mirror(files, fault, deliver) as mirror:
        course.mirrors(mirror)
        digits, said, _ = course.load()
    assert is_mnist(digits)
    assert course.kept() == files
    assert said[-2:] == [BAR, LOADED]


def test_slow_connection_is_waited_for(course, files):
    """Slower in all than the patience, but never silent for that long."""
    with Mirror(files, faults.slow) as mirror:
        course.mirrors(mirror)
        digits, said, seconds = course.load()
    assert is_mnist(digits)
    assert said == [course.downloading, BAR, LOADED]
    assert seconds > PATIENCE


def test_server_that_calls_the_file_an_encoding(course, files):
    with Mirror(files, faults.as_encoding) as mirror:
        course.mirrors(mirror)
        digits, _, _ = course.load()
    assert is_mnist(digits)
    assert course.kept() == files


def test_address_that_is_none(course, files):
    with Mirror(files) as good:
        course.mirrors("mirror", good)
        digits, said, _ = course.load()
    assert is_mnist(digits)
    assert said[1].startswith("The mirror mirror failed: its address does not work (")


def test_password_in_an_address_is_not_shown(course):
    course.mirrors(down().replace("//", "//me:secret@"))
    _, said, _ = course.load()
    assert "secret" not in "".join(said)
    assert said[1].startswith("The mirror 127.0.0.1:")


def test_no_mirrors_at_all(course):
    course.mirrors()
    digits, said, seconds = course.load()
    assert digits.stand_in
    assert said == [OUT_OF_MNIST, STAND_IN]
    assert seconds < 5


def test_interrupt_stops_the_download(course, files, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    def threads() -> list[str]:
        names = [thread.name for thread in threading.enumerate()]
        return [name for name in names if name == f"get {IMAGES}"]

    monkeypatch.setattr(download._Progress, "show", interrupt)
    with Mirror(files, faults.slow) as mirror:
        course.mirrors(mirror)
        with pytest.raises(KeyboardInterrupt):
            course.load()
        deadline = time.monotonic() + 0.8  # of the 1.6 s that the whole file takes
        while threads() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not threads()
    assert course.kept() == {}


# The files on the disk ----------------------------------------------------------------


@pytest.mark.parametrize("name", [IMAGES, TEST_LABELS])
@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1] + bytes([content[-1] ^ 1]),
        lambda content: b"",
        lambda content: b"<html>log in</html>",
        lambda content: idx(np.zeros((3, 28, 28), np.uint8)),
    ],
    ids=["half", "one bit", "empty", "web page", "other data"],
)
def test_damaged_file_is_replaced(course, files, name, damage):
    course.put(files | {name: damage(files[name])})
    with Mirror(files) as mirror:
        course.mirrors(mirror)
        digits, said, _ = course.load()
    assert is_mnist(digits)
    assert said[0] == f"The file {name} on this machine is damaged: getting it again."
    assert said[-1] == LOADED
    assert mirror.asked == [name]
    assert course.kept() == files


def test_damaged_file_that_cannot_be_replaced_is_not_read(course, files):
    half = files[IMAGES][:1000]
    course.put(files | {IMAGES: half})
    course.mirrors(down())
    digits, said, _ = course.load()
    assert digits.stand_in
    assert said[0] == f"The file {IMAGES} on this machine is damaged: getting it again."
    assert said[-2:] == [OUT_OF_MNIST, STAND_IN]
    assert course.kept() == files | {IMAGES: half}


def test_folder_that_cannot_be_made(course, files):
    """A file stands in its way, for an administrator too."""
    (course.home / "data").write_text("not a folder")
    with Mirror(files) as mirror:
        course.mirrors(mirror)
        digits, said, _ = course.load()
        assert is_mnist(digits)
        assert said[0] == course.downloading
        (line,) = (line for line in said if line.startswith("The folder "))
        assert re.search(
            r"data/MNIST/raw cannot be written to \(.+\): MNIST is kept in ", line
        )
        assert line.endswith("/cache/MNIST/raw.")
        assert said[-1] == LOADED
        assert course.kept(course.cache) == files
        again, said, _ = course.load()
    assert is_mnist(again)
    assert said == [LOADED]
    assert mirror.asked == list(files)


@pytest.mark.skipif(sys.platform == "win32", reason="its folders know no such mode")
def test_folder_without_permission(course, files, table):
    """As a user who may not write there; an administrator first becomes one."""
    course.folder.mkdir(parents=True)
    course.cache.mkdir(parents=True)
    script = f"""
        os.chdir({str(course.home)!r})
        os.chmod(".", 0o711)
        os.chmod("data/MNIST/raw", 0o555)
        os.chmod("cache/MNIST/raw", 0o777)
        os.environ["COURSE_DATA_DIR"], settings["cache"] = "data", "cache"
        if os.geteuid() == 0:
            import requests, socket  # while its files can surely be read
            socket.getaddrinfo("127.0.0.1", 80)
            os.seteuid(65534)
        try:
            open("data/MNIST/raw/x", "w")
        except PermissionError:
            print("no permission")
        {LOAD}"""
    with Mirror(files) as mirror:
        course.mirrors(mirror)
        said = finish(start(course, table, script))
    assert said[:2] == ["no permission", course.downloading]
    assert (
        "The folder data/MNIST/raw cannot be written to (Permission denied): MNIST is "
        "kept in cache/MNIST/raw." in said
    )
    assert said[-2] == LOADED
    assert "stand_in=False" in said[-1]
    assert course.kept() == {}
    assert course.kept(course.cache) == files


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on a file's size there")
def test_disk_that_is_full(course, files, table):
    """No file may grow beyond 10,000 bytes; the lesson still gets its digits."""
    script = f"""
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
        {LOAD}"""
    with Mirror(files) as mirror:
        course.mirrors(mirror)
        said = finish(start(course, table, script))
    first, second = (line for line in said if line.startswith("The folder "))
    assert "cannot be written to (File too large): MNIST is kept in" in first
    assert second.endswith(
        "(File too large): MNIST is not kept, and will be downloaded again next time."
    )
    assert said[-2] == LOADED
    assert "stand_in=False" in said[-1]
    assert course.kept() == course.kept(course.cache) == {}


def test_two_processes_load_at_once_for_the_first_time(course, files, table):
    """The mirror answers neither before both have asked."""
    both = threading.Barrier(2, timeout=20)

    def together(handler, body):
        both.wait()
        deliver(handler, body)

    with Mirror(files, together) as mirror:
        course.mirrors(mirror)
        processes = [start(course, table, LOAD) for _ in range(2)]
        said = [finish(process) for process in processes]
    assert [lines[:3] for lines in said] == [[course.downloading, BAR, LOADED]] * 2
    assert all("stand_in=False" in lines[-1] for lines in said)
    assert collections.Counter(mirror.asked) == dict.fromkeys(files, 2)
    assert course.kept() == files


def test_file_that_another_process_has_open_or_put_there(course, files, monkeypatch):
    """Windows does not let a file that is open be replaced."""

    def other_was_faster(source, target):
        Path(target).write_bytes(files[Path(target).name])
        raise PermissionError(13, "The process cannot access the file")

    monkeypatch.setattr(os, "replace", other_was_faster)
    with Mirror(files) as mirror:
        course.mirrors(mirror)
        digits, said, _ = course.load()
    assert is_mnist(digits)
    assert said == [course.downloading, BAR, LOADED]
    assert course.kept() == files
    assert course.kept(course.cache) == {}


def test_killed_in_the_middle_of_a_download(course, files, table):
    with Mirror(files, deliver, faults.half_then_hang) as mirror:
        course.mirrors(mirror)
        process = start(course, table, LOAD)
        assert mirror.half_sent.wait(20)
        assert process.poll() is None
        process.kill()
        process.communicate()
    assert process.returncode != 0
    assert course.kept() == {IMAGES: files[IMAGES]}  # came whole; of the second nothing
    with Mirror(files) as mirror:
        course.mirrors(mirror)
        digits, said, _ = course.load()
    assert is_mnist(digits)
    assert said[-1] == LOADED
    assert mirror.asked == [LABELS, TEST_IMAGES, TEST_LABELS]
    assert course.kept() == files


def test_killed_while_writing(course, files, table):
    """Half a file lies there under a name that nobody reads, until it is removed."""
    script = f"""
        from pathlib import Path
        def half(path, content):
            with open(path, "wb") as file:
                file.write(content[: len(content) // 2])
                file.flush()
                time.sleep(60)
        Path.write_bytes = half
        {LOAD}"""
    with Mirror(files) as mirror:
        course.mirrors(mirror)
        process = start(course, table, script)
        started = time.monotonic()
        while not any(course.kept().values()) and time.monotonic() < started + 20:
            time.sleep(0.02)
        process.kill()
        process.communicate()
        ((leftover, half),) = course.kept().items()
        assert half == files[IMAGES][: len(half)] and 0 < len(half) < len(files[IMAGES])
        assert leftover.startswith(".") and leftover.endswith(".part")

        (course.folder / LABELS).write_bytes(files[LABELS])
        digits, said, _ = course.load()
        assert is_mnist(digits)
        assert said[-1] == LOADED
        assert course.kept() == files | {leftover: half}  # perhaps still being written

        old = time.time() - download.LEFTOVER - 10
        os.utime(course.folder / leftover, (old, old))
        (course.folder / TEST_LABELS).unlink()
        digits, said, _ = course.load()
    assert is_mnist(digits)
    assert course.kept() == files


# What mnist() returns -----------------------------------------------------------------


@pytest.fixture
def ready(course, files) -> Course:
    """With the files there, and no mirrors."""
    course.put(files)
    course.mirrors()
    return course


def test_all_digits_in_the_order_of_the_files(ready):
    digits, said, _ = ready.load(train=50_000, val=10_000, test=10_000)
    assert said == ["MNIST: 50,000 digits to train, 10,000 to validate, 10,000 to test"]
    for (x, y), first in zip(digits, (0, 50_000, 100_000), strict=True):
        assert x.dtype == np.float32 and y.dtype == np.int64
        assert x.shape[1:] == (784,) and len(x) == len(y)
        assert (numbers_of(x) == np.arange(first, first + len(x))).all()
        assert x.min() == 0 and x.max() == 1
    assert isinstance(digits, tuple) and len(digits) == 3
    assert digits.stand_in is False
    assert (
        repr(digits) == "Digits(train (50000, 784), val (10000, 784), "
        "test (10000, 784), stand_in=False)"
    )
    assert copy.copy(digits).stand_in is False
    x[0, 0] = 0.5  # the arrays are the learner's own


def test_subset_has_every_class_in_proportion(ready):
    for size in (1, 7, 500, 49_999):
        (x, y), _, _ = ready.load(train=size)[0]
        whole = np.bincount(labels_of(np.arange(50_000)), minlength=10)
        exact = whole * size / 50_000
        assert len(set(numbers_of(x))) == size
        assert (labels_of(numbers_of(x)) == y).all()
        assert np.abs(np.bincount(y, minlength=10) - exact).max() < 1
    assert (np.diff(y[:1000]) != 0).mean() > 0.5  # shuffled


def test_subset_is_chosen_by_the_seed_alone(ready):
    first, _, _ = ready.load(seed=3)
    same, _, _ = ready.load(seed=3, val=7)
    other, _, _ = ready.load(seed=4)
    larger, _, _ = ready.load(seed=3, train=1000)
    order = np.random.default_rng([3, 2]).permutation(10_000)  # as documented
    places = np.argsort(order)[numbers_of(first[2][0]) - 100_000]
    assert (np.diff(places) > 0).all()
    assert (first[0][0] == same[0][0]).all() and (first[2][0] == same[2][0]).all()
    assert (first[0][0] != other[0][0]).any()
    smaller = set(numbers_of(first[0][0]))
    assert len(smaller - set(numbers_of(larger[0][0]))) <= 10


def test_no_digits_of_a_part(ready):
    digits, said, _ = ready.load(val=0, images=True)
    assert digits[1][0].shape == (0, 1, 28, 28) and digits[1][1].shape == (0,)
    assert said == ["MNIST: 100 digits to train, 0 to validate, 30 to test"]


def test_images_and_tensors(ready):
    torch = pytest.importorskip("torch")
    flat, _, _ = ready.load()
    images, _, _ = ready.load(images=True)
    tensors, said, _ = ready.load(images=True, device="cpu")
    assert said == [LOADED]
    for (x, y), (xi, yi), (xt, yt) in zip(flat, images, tensors, strict=True):
        assert isinstance(xi, np.ndarray) and xi.shape == (len(x), 1, 28, 28)
        assert (xi.reshape(x.shape) == x).all() and (yi == y).all()
        assert xt.dtype == torch.float32 and yt.dtype == torch.int64
        assert xt.shape == xi.shape and xt.device == torch.device("cpu")
        assert (xt.numpy() == xi).all() and (yt.numpy() == y).all()
    assert ready.load(device=torch.device("cpu"))[0][0][0].shape == (100, 784)


@pytest.mark.parametrize("device", ["gpu", "cuda:99", "meta"])
def test_device_that_is_not_there(ready, device):
    pytest.importorskip("torch")
    with pytest.raises(ValueError, match=f"device='{device}' cannot be used here. Try"):
        ready.load(device=device)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"train": -1}, "train must be a whole number, 0 or more, not -1"),
        ({"val": 10.0}, "val must be a whole number, 0 or more, not 10.0"),
        ({"test": "10"}, "test must be a whole number, 0 or more, not '10'"),
        ({"test": True}, "test must be a whole number, 0 or more, not True"),
        ({"train": 60_000}, "train can be 50,000 at most, .*; not 60,000"),
        ({"test": 10_001}, "test can be 10,000 at most, .*; not 10,001"),
        ({"seed": -1}, "seed must be a whole number, 0 or more, not -1"),
    ],
)
def test_sizes_that_make_no_sense(ready, options, message):
    with pytest.raises(ValueError, match=message):
        ready.load(**options)


def test_wrong_table_is_an_error_and_not_data(ready, monkeypatch):
    content = idx(np.zeros((5, 28), np.uint8))
    entry = (len(content), hashlib.sha256(content).hexdigest())
    monkeypatch.setitem(download.FILES, IMAGES, entry)
    ready.put({IMAGES: content})
    with pytest.raises(ValueError, match="is not an IDX file of 3-dimensional bytes"):
        ready.load()


# The stand-in -------------------------------------------------------------------------


@pytest.fixture
def offline(course) -> Course:
    course.mirrors()
    return course


def test_stand_in_has_what_there_is(offline):
    digits, said, _ = offline.load(train=50_000, val=10_000, test=10_000)
    assert said[1:] == [
        "Stand-in digits, not MNIST (scikit-learn's 8 x 8 digits, enlarged): 1,257 "
        "digits to train, 270 to validate, 270 to test (fewer than asked for)"
    ]
    assert [len(x) for x, _ in digits] == [1257, 270, 270]
    assert digits.stand_in is True and copy.copy(digits).stand_in is True
    every = np.concatenate([x for x, _ in digits])
    assert len(np.unique(every, axis=0)) == 1797  # no digit is in two parts
    for x, y in digits:
        assert x.dtype == np.float32 and y.dtype == np.int64
        assert np.abs(np.bincount(y, minlength=10) / len(y) - 0.1).max() < 0.01
    again, _, _ = offline.load(train=50_000, seed=5)
    assert (again[0][0] == digits[0][0]).all()  # the split does not depend on the seed


def test_stand_in_looks_like_mnist(offline):
    """MNIST's own figures: mean 0.13, 19 % of the pixels not white, 9 % black."""
    (x, _), _, _ = offline.load(train=50_000, images=True)[0]
    assert x.shape == (1257, 1, 28, 28)
    assert x.min() == 0 and x.max() == 1
    assert 0.12 < x.mean() < 0.15
    assert 0.17 < (x > 0.02).mean() < 0.21
    assert 0.07 < (x > 0.9).mean() < 0.11
    rows = np.arange(28)
    mass = x.sum(axis=(1, 2, 3))
    center = (x.sum(axis=(1, 3)) @ rows / mass, x.sum(axis=(1, 2)) @ rows / mass)
    assert np.abs(np.array(center) - 13.5).max() < 1
    inked = (x[:, 0] > 0.5).any(axis=2)
    heights = 28 - inked.argmax(axis=1) - inked[:, ::-1].argmax(axis=1)
    assert 18 <= np.median(heights) <= 22


def test_stand_in_can_be_learned(offline):
    from sklearn.neighbors import KNeighborsClassifier

    (x, y), _, (x_test, y_test) = offline.load(train=1000, test=200)[0]
    assert KNeighborsClassifier(1).fit(x, y).score(x_test, y_test) > 0.95


# The beach and the toy sets -----------------------------------------------------------


def test_beach():
    X, y, names = data.beach()
    assert names == ("cloudy", "hot", "windy")
    assert X.dtype == y.dtype == np.float64
    assert X.tolist() == [
        [1, 3, 2], [3, 3, 2], [1, 3, 3], [1, 1, 2], [1, 2, 2], [2, 3, 1], [2, 1, 2]
    ]  # fmt: skip
    assert y.tolist() == [1, 1, 0, 0, 0, 1, 0]


TOYS = (data.blobs, data.moons, data.circles, data.classification)


@pytest.mark.parametrize("toy", TOYS)
def test_toy_sets(toy):
    (X, y), (X_test, y_test) = toy()
    assert X.shape == (400, 2) and X_test.shape == (100, 2)
    assert y.shape == (400,) and y_test.shape == (100,)
    assert X.dtype == X_test.dtype == np.float64
    assert y.dtype == y_test.dtype == np.int64
    assert set(y) == set(y_test) == {0, 1}
    assert (np.diff(y) != 0).mean() > 0.3  # shuffled
    (same, _), _ = toy(500, seed=0)
    (other, _), _ = toy(500, seed=1)
    assert (same == X).all() and (other != X).any()
    (X, _), (X_test, _) = toy(11, test_fraction=0)
    assert len(X) == 11 and X_test.shape == (0, 2)


def test_options_of_the_toy_sets():
    (X, y), _ = data.blobs(centers=[[0, 0], [9, 9], [0, 9]], cluster_std=0.1)
    assert set(y) == {0, 1, 2}
    assert np.allclose(X[y == 1].mean(axis=0), 9, atol=0.1)
    (X, y), _ = data.blobs(centers=5, cluster_std=0, center_box=(2, 3))
    assert set(y) == set(range(5)) and X.min() >= 2 and X.max() <= 3
    (X, y), _ = data.circles(noise=0, factor=0.5)
    assert np.allclose(np.hypot(*X.T), np.where(y == 1, 0.5, 1))
    (near, y), _ = data.classification(class_sep=0.1)
    (far, y_far), _ = data.classification(class_sep=5)

    def gap(X, y):
        return np.linalg.norm(X[y == 0].mean(axis=0) - X[y == 1].mean(axis=0))

    assert gap(far, y_far) > 3 * gap(near, y)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.moons(1), "n must be a whole number, 2 or more, not 1"),
        (lambda: data.moons(50.0), "n must be a whole number, 2 or more, not 50.0"),
        (lambda: data.moons(seed=None), "seed must be a whole number, 0 or more, not"),
        (lambda: data.moons(noise=-1), "noise must be a number, 0 or more, not -1"),
        (lambda: data.moons(noise="a"), "noise must be a number, 0 or more, not 'a'"),
        (
            lambda: data.circles(factor=1),
            "factor must be a number, 0 or more and below 1, not 1",
        ),
        (
            lambda: data.blobs(test_fraction=1.0),
            "test_fraction must be a number, 0 or more and below 1, not 1.0",
        ),
        (lambda: data.blobs(centers=0), "centers must be a whole number, 1 or more"),
        (lambda: data.blobs(centers=[1, 2]), r"of shape \(M, 2\), not .* \(2,\)"),
        (lambda: data.blobs(center_box=(3, -3)), r"such as \(-3, 3\), not \(3, -3\)"),
        (lambda: data.blobs(center_box=3), r"such as \(-3, 3\), not 3"),
        (lambda: data.blobs(cluster_std=np.nan), "cluster_std must be a number, 0 or"),
        (lambda: data.classification(class_sep=None), "class_sep must be a number"),
    ],
)
def test_toy_sets_say_what_makes_no_sense(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# The module itself --------------------------------------------------------------------


def test_import_is_light_and_needs_no_torch(course, files, table):
    course.put(files)
    script = f"""
        heavy = {{"torch", "sklearn", "scipy", "requests"}} & set(sys.modules)
        print(sorted(heavy))
        sys.modules["torch"] = None  # as if it were not installed
        {LOAD.strip()}
        try:
            data.mnist(device="cpu")
        except ImportError as error:
            print(error)
        """
    said = finish(start(course, table, script))
    assert said[:2] == ["[]", LOADED]
    assert said[3].startswith("device='cpu' needs PyTorch, which is not installed.")


def test_readme_lists_the_same_checksums_and_mirrors():
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^    ([0-9a-f]{64})  (\S+)$", text, re.MULTILINE)
    assert {name: sha for sha, name in listed} == {
        name: sha for name, (_, sha) in download.FILES.items()
    }
    for name, (size, _) in download.FILES.items():
        assert f"| `{name}` | {size:,} |" in text
    assert re.findall(r"^- (http\S+)$", text, re.MULTILINE) == list(download.MIRRORS)


# The real MNIST -----------------------------------------------------------------------

RAW = download.DATA / "MNIST" / "raw"
real = pytest.mark.skipif(
    not all((RAW / name).is_file() for name in download.FILES),
    reason="MNIST is not in data/MNIST/raw",
)


@real
def test_real_mnist(capsys, monkeypatch):
    monkeypatch.setenv("COURSE_MNIST_MIRRORS", "")
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    digits = data.mnist()
    said = "MNIST: 50,000 digits to train, 10,000 to validate, 10,000 to test\n"
    assert capsys.readouterr() == (said, "")
    (x, y), (_, y_val), (x_test, y_test) = digits
    assert not digits.stand_in
    assert y[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert y_val[-5:].tolist() == [8, 3, 5, 6, 8]
    assert y_test[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert abs(x.mean() - 0.1307) < 0.001 and abs(x_test.mean() - 0.1325) < 0.001
    started = time.process_time()
    data.mnist()
    assert time.process_time() - started < 1.5  # 0.2 to 0.7 s where it was written
