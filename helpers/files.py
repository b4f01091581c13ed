"""Files of data, which may be missing, damaged or something else: MNIST's and others.

Every file of MNIST is verified each time it is read, so nothing half-written or damaged
is ever taken for data. What is missing is downloaded (``helpers/download.py``).
"""

import contextlib
import hashlib
import os
import stat
import uuid
import zlib
from pathlib import Path

from platformdirs import user_cache_path

from helpers import COURSE

DATA = Path(__file__).resolve().parents[1] / "data"
# The size of each file in bytes, and the SHA-256 of what is packed in it.
MNIST = {
    "train-images-idx3-ubyte.gz": (
        9_912_422,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train-labels-idx1-ubyte.gz": (
        28_881,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "t10k-images-idx3-ubyte.gz": (
        1_648_877,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "t10k-labels-idx1-ubyte.gz": (
        4_542,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}
LARGEST = 50_000_000  # bytes; no file of data is larger, packed or not


def read(path: Path) -> bytes:
    """The content of a file; OSError if it is none (a pipe, say) or far too large."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
        raise OSError(f"not a plain file of at most {LARGEST:,} bytes")
    return path.read_bytes()


def mnist() -> dict[str, bytes] | None:
    """What is packed in the four files, by name, in the order of MNIST, verified.

    Looks in ``data/MNIST/raw``, ``data/MNIST`` and ``data`` (``$COURSE_DATA_DIR`` in
    place of ``data`` where that variable is set), then in the user's cache folder. What
    is missing or damaged is downloaded and kept. Whatever is out of the ordinary is
    said on stdout. None if a file cannot be had.

    Raises
    ------
    ValueError
        COURSE_DATA_DIR does not name a folder.
    """
    folders = data, cache = _folders()
    found = {name: _find(name, [data, *data.parents[:2], cache]) for name in MNIST}
    missing = [name for name, content in found.items() if content is None]
    if missing:
        from helpers.download import download  # here, as it is seldom needed

        for name, content in download(missing):
            found[name] = verified(name, content)
            _keep(name, content, folders)
    if None not in found.values():
        return found
    print(
        "MNIST cannot be had now, so stand-in digits take its place. To get MNIST, "
        "connect to the internet and run this again, or copy its four files "
        f"({', '.join(MNIST)}) into {data}."
    )
    return None


def verified(name: str, content: bytes) -> bytes:
    """What is packed in ``content``, if that is the file ``name``, packed or not.

    Raises
    ------
    ValueError
        It is something else; says what, as in "1,000 bytes instead of 4,542".
    """
    size, sha256 = MNIST[name]
    raw = content
    if content.startswith(b"\x1f\x8b"):  # packed, whatever it is called
        with contextlib.suppress(zlib.error):
            raw = zlib.decompressobj(31).decompress(content, LARGEST)
    if hashlib.sha256(raw).hexdigest() == sha256:
        return raw
    if content.lstrip()[:1] == b"<":
        raise ValueError("a web page instead of the file")
    if len(content) != size:
        raise ValueError(f"{len(content):,} bytes instead of {size:,}")
    raise ValueError("something else than the file, by its checksum")


def _folders() -> list[Path]:
    """Where the files are kept: in the course's data folder, or in the user's cache."""
    named = os.environ.get("COURSE_DATA_DIR", str(DATA))
    data = Path(os.path.expanduser(named))
    if not data.is_absolute() or (os.path.exists(data) and not os.path.isdir(data)):
        raise ValueError(
            f"COURSE_DATA_DIR={named!r} does not name a folder. Expected is a full "
            "path, such as /home/me/data or ~/data: set the variable to one, or unset "
            "it to use the course's own folder data, then restart the kernel"
        )
    return [base / "MNIST" / "raw" for base in (data, user_cache_path(COURSE))]


def _find(name: str, folders: list[Path]) -> bytes | None:
    """What is packed in the file, which may lie there unpacked or renamed."""
    like = name.replace("-idx", "[-._]idx").replace(".gz", "*")
    wrong = None
    for folder in folders:
        for path in dict.fromkeys([folder / name, *sorted(folder.glob(like))]):
            try:
                return verified(name, read(path))
            except (FileNotFoundError, NotADirectoryError):
                continue
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or error
                wrong = wrong or f"{path} cannot be used ({reason})"
    if wrong:
        print(f"{wrong}: getting {name} again.")
    return None


def _keep(name: str, content: bytes, folders: list[Path]) -> None:
    """Write the file into the first of the folders that takes it; drop those before.

    It gets a temporary name first and is then renamed, in one step: other processes see
    the whole file or none.
    """
    while folders:
        folder = folders[0]
        partial = folder / f".{name}.{uuid.uuid4().hex}.part"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                partial.write_bytes(content)
                os.replace(partial, folder / name)
            finally:
                partial.unlink(missing_ok=True)
            return
        except OSError as error:
            with contextlib.suppress(OSError, ValueError):
                verified(name, read(folder / name))
                return  # another process has just put it there
            folders.pop(0)
            then = "MNIST is not kept, and will be downloaded again next time"
            if folders:
                then = f"MNIST is kept in {folders[0]}"
            print(f"{folder} cannot be written to ({error.strerror}): {then}.")
