"""The data: every fault of a network or a disk that a learner may meet, really made.

The mirrors are servers on this machine. The files are of MNIST's shape, and each image
in them holds its own number. Tests of the real files are skipped where they are not.
"""

import collections
import contextlib
import copy
import gzip
import hashlib
import json
import os
import queue
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

from helpers import data, download, files
from tests import mirror as faults
from tests import within
from tests.mirror import Mirror, Swallowing, deliver, down

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 0.8  # in these tests; a learner's is download.PATIENCE
SILENCE = 1.2
OUT_OF_MNIST = "MNIST cannot be had now, so stand-in digits take its place. To get"
LOADED = "MNIST: 100 digits to train, 20 to validate, 30 to test"
STAND_IN = (
    "Stand-in digits, not MNIST (scikit-learn's 8 x 8 digits, enlarged): 100 digits to "
    "train, 20 to validate, 30 to test"
)
IMAGES, LABELS, TEST_IMAGES, TEST_LABELS = files.MNIST


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
def sent() -> dict[str, bytes]:
    """The four files, as a mirror sends them."""
    made = []
    for count, first in ((60_000, 0), (10_000, 100_000)):
        numbers = np.arange(first, first + count)
        x = np.zeros((count, 28, 28), np.uint8)
        for byte in range(3):
            x[:, 0, byte] = numbers >> 8 * byte & 255
        made += [idx(x), idx(labels_of(numbers))]
    return dict(zip(files.MNIST, made, strict=True))


@pytest.fixture(scope="session")
def table(sent) -> dict[str, tuple[int, str]]:
    return {
        name: (len(content), hashlib.sha256(gzip.decompress(content)).hexdigest())
        for name, content in sent.items()
    }


class Course:
    """A fresh copy of the course without MNIST, and the learner who loads it."""

    def __init__(self, home: Path, capsys, monkeypatch) -> None:
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

    def put(self, content: dict[str, bytes], folder: str = "data/MNIST/raw") -> None:
        for name, bytes_ in content.items():
            path = self.home / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bytes_)


@pytest.fixture
def course(tmp_path, table, capsys, monkeypatch) -> Course:
    for name, entry in table.items():
        monkeypatch.setitem(files.MNIST, name, entry)
    monkeypatch.setattr(download, "PATIENCE", PATIENCE)
    monkeypatch.setattr(download, "SILENCE", SILENCE)
    monkeypatch.setattr(download, "PAUSE", 0.01)
    monkeypatch.setattr(files, "user_cache_path", lambda project: tmp_path / "cache")
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "data"))
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1,mirror.invalid")
    return Course(tmp_path, capsys, monkeypatch)


def attempts(said: list[str]) -> list[tuple[str, int, str]]:
    """Which file was asked of which mirror, and "done" or why it failed."""
    line = r"Downloading (\S+) \([\d,]+ bytes\) from mirror (\d) (\.*) (.+)\."
    found = [re.fullmatch(line, text) for text in said]
    for match in filter(None, found):
        assert match[4] != "done" or match[3] == "." * 20
    return [(m[1], int(m[2]), m[4].removeprefix("failed: ")) for m in found if m]


def all_from(mirror: int) -> list[tuple[str, int, str]]:
    return [(name, mirror, "done") for name in files.MNIST]


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
from pathlib import Path
from helpers import data, files
settings = json.loads(sys.argv[1])
files.MNIST.update({name: tuple(entry) for name, entry in settings["files"].items()})
files.user_cache_path = lambda project: Path(settings["cache"])
"""
LOAD = "print(data.mnist(train=100, val=20, test=30))\n"


def start(course: Course, table: dict, script: str):
    """A process of its own that loads MNIST as ``script`` says."""
    settings = {"files": table, "cache": str(course.home / "cache")}
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
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, ""), err
    return out.splitlines()


# MNIST from the mirrors ---------------------------------------------------------------


def test_first_load_downloads_and_the_second_only_reads(course, sent):
    with Mirror(sent) as mirror:
        course.mirrors(mirror)
        digits, said, _ = course.load()
        assert is_mnist(digits)
        assert attempts(said) == all_from(1)
        assert said[4:] == [LOADED]
        assert course.kept() == sent
        assert mirror.asked == list(sent)
        again, said, _ = course.load()
    assert said == [LOADED] and is_mnist(again)
    assert mirror.asked == list(sent)


sizes = r"it sent [\d,]+ bytes instead of [\d,]+"
BAD = {  # what is wrong with a mirror: what is said, how often it is asked
    "down": (r"no connection|no answer in 0\.8 seconds", 1),  # as systems differ
    "swallows": (r"no answer in 0\.8 seconds", 1),
    "look-up hangs": (r"no answer in 0\.8 seconds", 1),
    "no address": (r"its address does not work \(http://server/folder/ would\)", 1),
    faults.hang: (r"no answer in 1\.2 seconds", 1),
    faults.half_then_hang: (r"no answer in 1\.2 seconds", 1),
    faults.drip: (r"no answer in 1\.2 seconds", 1),
    faults.truncated: (rf"the connection broke off|{sizes}", 2),
    faults.changed: ("it sent something else than the file, by its checksum", 2),
    faults.web_page: ("it sent a web page instead of the file", 2),
    faults.endless: (sizes, 2),
    faults.error(404): ("it answered with error 404", 1),
    faults.error(503): ("it answered with error 503", 2),
}


@pytest.fixture
def bad_mirror(sent, monkeypatch):
    """Make a mirror that has one of these faults."""
    over = threading.Event()
    look_up = socket.getaddrinfo

    def hangs(host, *args, **kwargs):
        if host == "mirror.invalid":
            over.wait(20)
        return look_up(host, *args, **kwargs)

    def make(fault):
        if fault == "swallows":
            if sys.platform != "linux":
                pytest.skip("other systems refuse at once")
            return Swallowing()
        if fault == "look-up hangs":  # no timeout of requests covers this one
            monkeypatch.setattr(socket, "getaddrinfo", hangs)
            return contextlib.nullcontext("http://mirror.invalid/mnist/")
        if fault in ("down", "no address"):
            return contextlib.nullcontext(down() if fault == "down" else "mirror")
        return Mirror(sent, fault)

    yield make
    over.set()


@pytest.mark.parametrize("alone", [False, True], ids=["first of two", "alone"])
@pytest.mark.parametrize("fault", BAD, ids=lambda f: getattr(f, "__name__", f))
def test_bad_mirror(course, sent, bad_mirror, fault, alone):
    """The next one is asked; where there is none, the bad one again if that may help.

    A blocked network is noticed in seconds.
    """
    reason, times = BAD[fault]
    with bad_mirror(fault) as bad, Mirror(sent) as good:
        course.mirrors(bad, *[] if alone else [good])
        digits, said, seconds = course.load()
    if alone:
        tried = attempts(said)
        assert len(tried) == times and digits.stand_in
        assert len(said) == times + 2 and said[-1] == STAND_IN
        assert said[-2].startswith(OUT_OF_MNIST) and str(course.folder) in said[-2]
        assert course.kept() == {}
    else:
        tried = attempts(said)[:1]
        assert attempts(said)[1:] == all_from(2) and said[5:] == [LOADED]
        assert is_mnist(digits) and course.kept() == sent
    for name, mirror, failure in tried:
        assert (name, mirror) == (IMAGES, 1)
        assert re.fullmatch(reason, failure)
    assert seconds < within(SILENCE + 4)


def test_a_blocked_network_costs_a_learner_seconds():
    assert download.PATIENCE * len(download.MIRRORS) <= 10 <= download.SILENCE


def test_mirrors_that_go_down_half_way(course, sent):
    """What has come is kept, the rest comes next time."""
    with Mirror(sent, faults.changed, deliver, faults.error(404)) as mirror:
        course.mirrors(mirror)
        digits, _, _ = course.load()
        assert mirror.asked == [IMAGES, IMAGES, LABELS]  # no other file is tried
    assert digits.stand_in
    assert course.kept() == {IMAGES: sent[IMAGES]}
    with Mirror(sent) as mirror:
        course.mirrors(mirror)
        digits, _, _ = course.load()
    assert is_mnist(digits)
    assert mirror.asked == [LABELS, TEST_IMAGES, TEST_LABELS]


@pytest.mark.parametrize("fault", [faults.truncated, faults.changed, faults.error(503)])
def test_fault_that_passes(course, sent, fault):
    with Mirror(sent, fault, deliver) as mirror:
        course.mirrors(mirror)
        assert is_mnist(course.load()[0])
        assert mirror.asked == [IMAGES, *sent]


@pytest.mark.parametrize("odd", [faults.slow, faults.late, faults.as_encoding])
def test_slow_or_odd_mirror_is_waited_for(course, sent, odd):
    """Also a proxy that scans first and is silent meanwhile."""
    with Mirror(sent, odd, deliver) as mirror:
        course.mirrors(mirror)
        digits, _, seconds = course.load()
        assert mirror.asked == list(sent)
    assert is_mnist(digits) and course.kept() == sent
    assert odd is faults.as_encoding or seconds > PATIENCE


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse at once")
def test_second_address_of_a_mirror_gets_its_turn(course, sent, monkeypatch):
    """Where the first swallows everything, as IPv6 may."""
    look_up = socket.getaddrinfo
    with Swallowing() as bad, Mirror(sent) as good:
        ports = [int(mirror.url.split(":")[2].split("/")[0]) for mirror in (bad, good)]

        def two(host, port, *args, **kwargs):
            if host != "mirror.invalid":
                return look_up(host, port, *args, **kwargs)
            kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
            return [(*kind, ("127.0.0.1", number)) for number in ports]

        monkeypatch.setattr(socket, "getaddrinfo", two)
        course.mirrors("http://mirror.invalid/mnist/")
        digits, said, _ = course.load()
    assert is_mnist(digits)
    assert attempts(said) == all_from(1)


@pytest.mark.parametrize(
    "address",
    [
        "http://me:secret@127.0.0.1:{port}/",
        "http://me:secret@[127.0.0.1:{port}/",
        "http://me:secret@127.0.0.1:{port}x/",
        "http://me:se/secret@127.0.0.1:{port}/",
        "http://me:#secret@127.0.0.1:{port}/",
        "http://me:x secret@127.0.0.1:{port}/",
        "http:/me:secret@127.0.0.1:{port}/",
        "me:secret@127.0.0.1:{port}/",
        "ftp://me:secret@127.0.0.1:{port}/",
        "http://me:secret/",
        "http://127.0.0.1:{port}/?token=secret",
        "http://\\me:secret@/",
        "http://me:secret@" + "a" * 300,
    ],
)
def test_password_in_an_address_is_not_shown(course, capsys, monkeypatch, address):
    """However the address is mistyped; a proxy's no more than others."""
    address = address.format(port=down().split(":")[2].split("/")[0])
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name)
    for mirrors, proxy in ((address, ""), (down(), address)):
        course.mirrors(mirrors)
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, proxy)
        assert list(download.download([IMAGES])) == []
    said = capsys.readouterr()
    assert "failed: " in said.out and "secret" not in said.out + said.err


def test_interrupt_stops_the_download(course, sent, monkeypatch):
    class Interrupted(queue.SimpleQueue):
        def get(self, **options):
            if isinstance(item := super().get(**options), bytes) and item:
                raise KeyboardInterrupt
            return item

    def running() -> bool:
        return any(thread.name == f"get {IMAGES}" for thread in threading.enumerate())

    monkeypatch.setattr(queue, "SimpleQueue", Interrupted)
    with Mirror(sent, faults.slow) as mirror:
        course.mirrors(mirror)
        with pytest.raises(KeyboardInterrupt):
            course.load()
        deadline = time.monotonic() + 0.8  # of the 1.6 s that the whole file takes
        while running() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not running()
    assert course.kept() == {}


# The files on the disk ----------------------------------------------------------------


def fifo(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    os.mkfifo(path)


def giant(path: Path) -> None:
    """A file of 40 GB that takes no place on the disk."""
    with open(path, "wb") as file:
        if sys.platform != "linux":
            pytest.skip("other file systems would really write it")
        file.truncate(40 * 10**9)


ODD = {fifo: "not a plain file", giant: "not a plain file", Path.mkdir: "not a plain"}
DAMAGE = ODD | {
    "half": "[0-9,]+ bytes instead of [0-9,]+",
    "one bit": "something else than the file, by its checksum",
    "empty": "0 bytes instead of [0-9,]+",
    "web page": "a web page instead of the file",
}


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda d: getattr(d, "__name__", d))
def test_damaged_file_is_replaced_and_never_read(course, sent, damage):
    """Nor waited for, nor does it fill the memory."""
    name = LABELS if damage in ("half", giant) else IMAGES
    whole = sent[name]
    contents = {
        "half": whole[: len(whole) // 2],
        "one bit": whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:],
        "empty": b"",
        "web page": b"<html>log in</html>",
    }
    course.put({other: content for other, content in sent.items() if other != name})
    path = course.folder / name
    damage(path) if callable(damage) else path.write_bytes(contents[damage])
    course.mirrors()
    digits, first, _ = course.load()
    assert digits.stand_in
    with Mirror(sent) as mirror:
        course.mirrors(mirror)
        digits, said, _ = course.load()
    assert is_mnist(digits)
    for line in (first[0], said[0]):
        start, _, rest = line.partition(" cannot be used (")
        assert start == str(path) and re.match(DAMAGE[damage], rest)
        assert rest.endswith(f"): getting {name} again.")
    assert said[-1] == LOADED
    assert mirror.asked == [name]
    if damage is Path.mkdir:
        assert course.kept(course.cache) == {name: whole}
    else:
        assert course.kept() == sent


FORMS = {
    "unpacked": ("MNIST/raw/{part}-{kind}-ubyte", gzip.decompress),
    "renamed": ("MNIST/raw/{part}.{kind}-ubyte", gzip.decompress),
    "renamed, packed": ("MNIST/raw/{part}.{kind}-ubyte.gz", bytes),
    "unpacked, not renamed": ("MNIST/raw/{part}-{kind}-ubyte.gz", gzip.decompress),
    "packed anew": (
        "MNIST/raw/{part}-{kind}-ubyte.gz",
        lambda content: gzip.compress(gzip.decompress(content), 2, mtime=9),
    ),
    "in MNIST": ("MNIST/{part}-{kind}-ubyte.gz", bytes),
    "in the data folder": ("{part}-{kind}-ubyte", gzip.decompress),
}


@pytest.mark.parametrize("form", FORMS)
def test_other_forms_of_the_files_are_read(course, sent, form):
    """As people have them from elsewhere."""
    path, change = FORMS[form]
    for name, content in sent.items():
        part, kind = name.removesuffix("-ubyte.gz").rsplit("-", 1)
        course.put({path.format(part=part, kind=kind): change(content)}, "data")
    course.mirrors()
    digits, said, _ = course.load()
    assert is_mnist(digits)
    assert said == [LOADED]


@pytest.mark.parametrize(
    "named", ["", " ", "data", "../data", "~nosuchuser/x", str(Path(__file__))]
)
def test_data_folder_that_is_none(course, monkeypatch, named):
    monkeypatch.setenv("COURSE_DATA_DIR", named)
    with pytest.raises(ValueError) as caught:
        course.load()
    assert f"COURSE_DATA_DIR={named!r} does not name a folder." in str(caught.value)
    assert "set the variable to one, or unset it" in str(caught.value)


def test_folder_that_cannot_be_made(course, sent):
    """A file stands in its way, for an administrator too."""
    course.put({"MNIST": b"not a folder"}, "data")
    with Mirror(sent) as mirror:
        course.mirrors(mirror)
        digits, said, _ = course.load()
        assert is_mnist(digits)
        (line,) = (line for line in said if line.startswith(str(course.folder)))
        assert re.search(r" cannot be written to \(.+\): MNIST is kept in ", line)
        assert line.endswith(f"{course.cache}.")
        assert said[-1] == LOADED
        assert course.kept(course.cache) == sent
        again, said, _ = course.load()
    assert is_mnist(again)
    assert said == [LOADED]
    assert mirror.asked == list(sent)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on a file's size there")
def test_disk_that_is_full(course, sent, table):
    """No file may grow beyond 10,000 bytes; the lesson still gets its digits."""
    script = f"""
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
        {LOAD}"""
    with Mirror(sent) as mirror:
        course.mirrors(mirror)
        said = finish(start(course, table, script))
    first, second = (line for line in said if " cannot be written to " in line)
    assert f"(File too large): MNIST is kept in {course.cache}" in first
    assert second.endswith(
        "(File too large): MNIST is not kept, and will be downloaded again next time."
    )
    assert said[-2] == LOADED
    assert "stand_in=False" in said[-1]
    assert course.kept() == course.kept(course.cache) == {}


def test_two_processes_load_at_once_for_the_first_time(course, sent, table):
    """The mirror answers neither before both have asked."""
    both = threading.Barrier(2, timeout=60)

    def together(handler, body):
        both.wait()
        deliver(handler, body)

    with Mirror(sent, together) as mirror:
        course.mirrors(mirror)
        processes = [start(course, table, LOAD) for _ in range(2)]
        said = [finish(process) for process in processes]
    for lines in said:
        assert attempts(lines) == all_from(1) and lines[4] == LOADED
        assert "stand_in=False" in lines[5]
    assert collections.Counter(mirror.asked) == dict.fromkeys(sent, 2)
    assert course.kept() == sent


def test_file_that_another_process_has_open_or_put_there(course, sent, monkeypatch):
    """Windows does not let a file that is open be replaced."""

    def other_was_faster(source, target):
        Path(target).write_bytes(sent[Path(target).name])
        raise PermissionError(13, "The process cannot access the file")

    monkeypatch.setattr(os, "replace", other_was_faster)
    with Mirror(sent) as mirror:
        course.mirrors(mirror)
        digits, said, _ = course.load()
    assert is_mnist(digits)
    assert attempts(said) == all_from(1) and said[4:] == [LOADED]
    assert course.kept() == sent
    assert course.kept(course.cache) == {}


# What mnist() returns -----------------------------------------------------------------


@pytest.fixture
def ready(course, sent) -> Course:
    """With the files there, and no mirrors."""
    course.put(sent)
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
    with pytest.raises(ValueError, match=f"device='{device}' cannot be used here"):
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


def test_device_without_kernels(ready, monkeypatch):
    """What a GPU that PyTorch was not built for does."""
    torch = pytest.importorskip("torch")

    def fails(*args):
        raise RuntimeError("CUDA error: no kernel image is available\nCompile with ...")

    monkeypatch.setattr(torch.Tensor, "__matmul__", fails)
    with pytest.raises(ValueError, match=r"\(CUDA .*\)\. Try device='cpu'"):
        ready.load(device="cpu")


# The stand-in -------------------------------------------------------------------------


@pytest.fixture
def offline(course) -> Course:
    course.mirrors()
    return course


def test_stand_in_has_what_there_is(offline):
    digits, said, _ = offline.load(train=50_000, val=10_000, test=10_000)
    assert said[0].startswith(OUT_OF_MNIST) and said[1:] == [
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


@pytest.fixture
def beach_csv(tmp_path, monkeypatch) -> Path:
    """A copy of the table, to be changed."""
    text = (files.DATA / "beach.csv").read_bytes()
    monkeypatch.setattr(files, "DATA", tmp_path)
    (tmp_path / "beach.csv").write_bytes(text)
    return tmp_path / "beach.csv"


def test_beach_from_a_checkout_with_other_ends_of_lines(beach_csv):
    whole = data.beach()[0]
    lines = beach_csv.read_bytes().splitlines()
    for end in (b"\n", b"\r\n"):
        beach_csv.write_bytes(end.join(lines) + end)
        assert (data.beach()[0] == whole).all()


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: "",
        lambda text: text[: text.index("4,")],  # what is left looks right
        lambda text: text.replace("1,1,3,2,1", "1,1,3,3,1"),
    ],
)
def test_beach_that_was_changed_is_not_read(beach_csv, edit):
    beach_csv.write_text(edit(beach_csv.read_text()))
    with pytest.raises(ValueError, match=r"not the seven days .* Download the course"):
        data.beach()


@pytest.mark.parametrize("make", [*ODD, lambda path: None])
def test_beach_that_is_no_file(beach_csv, make):
    """It is missing, or something that has no end."""
    beach_csv.unlink()
    make(beach_csv)
    with pytest.raises(ValueError, match=r"(?i)\((not a plain|no such) .* the course"):
        data.beach()


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


def test_import_is_light_and_needs_no_torch(course, sent, table):
    course.put(sent)
    script = f"""
        heavy = {{"torch", "sklearn", "scipy", "requests"}} & set(sys.modules)
        print(sorted(heavy))
        sys.modules["torch"] = None  # as if it were not installed
        {LOAD.strip()}
        print("requests" in sys.modules)
        try:
            data.mnist(device="cpu")
        except ImportError as error:
            print(error)
        """
    said = finish(start(course, table, script))
    assert said[:2] == ["[]", LOADED]
    assert said[3] == "False"  # nothing to download
    assert said[4].startswith("device='cpu' needs PyTorch, which is not installed.")


def test_readme_lists_the_same_checksums_and_mirrors():
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^    ([0-9a-f]{64})  (\S+)$", text, re.MULTILINE)
    assert {f"{name}.gz": sha for sha, name in listed} == {
        name: sha for name, (_, sha) in files.MNIST.items()
    }
    for name, (size, _) in files.MNIST.items():
        assert f"| `{name}` | {size:,} |" in text
    assert re.findall(r"^\d\. (http\S+)$", text, re.MULTILINE) == list(download.MIRRORS)


# The real MNIST -----------------------------------------------------------------------

RAW = files.DATA / "MNIST" / "raw"
real = pytest.mark.skipif(
    not all((RAW / name).is_file() for name in files.MNIST),
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
    assert time.process_time() - started < within(1.5)  # 0.3 s at first
