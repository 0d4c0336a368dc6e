"""The files of folders and zips: no link is followed, nothing that a header says is believed."""

from __future__ import annotations

import datetime
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from grading.ingest.kinds import File, Limits, Refused, shown

_CHUNK = 1 << 16


def files_in_folder(folder: Path, prefix: tuple[str, ...] = ()) -> Iterator[File]:
    """All files below a folder; no link is followed."""
    waiting = [(folder, prefix)]
    while waiting:
        place, parts = waiting.pop()
        try:
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError as error:
            yield _refusing(parts, f"it cannot be listed: {error.strerror}", "")
            continue
        if not entries:
            yield _refusing((*parts, ""), "an empty folder", "Nothing was handed in.")
        for entry in entries:
            inside = (*parts, entry.name)
            if entry.is_dir(follow_symlinks=False) and len(inside) < 50:
                waiting.append((Path(entry.path), inside))
            else:
                yield loose(Path(entry.path), inside)


def loose(path: Path, parts: tuple[str, ...]) -> File:
    try:
        status = path.lstat()
    except OSError as error:
        return _refusing(parts, f"it cannot be read: {error.strerror}", "")
    if stat.S_ISLNK(status.st_mode):
        return _link(parts)
    if not stat.S_ISREG(status.st_mode):
        return _refusing(parts, "a device, a pipe or the like", "Hand in the notebook itself.")
    return File(parts, lambda limit: _read_path(path, limit), status.st_mtime)


def _read_path(path: Path, limit: int) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Refused("no ordinary file", "Hand in the notebook itself.")
            data = file.read(limit + 1)
    except OSError as error:
        raise Refused(f"it cannot be read: {error.strerror}", "Hand it in again.") from None
    if len(data) > limit:
        raise _too_large(limit)
    return data


def _link(parts: tuple[str, ...]) -> File:
    return _refusing(
        parts, "a link; links are not followed", "Hand in the notebook itself, not a link to it."
    )


def _refusing(parts: tuple[str, ...], why: str, tell: str) -> File:
    """A file that cannot be read, and says why when it is tried."""
    refused = Refused(why, tell)

    def read(limit: int) -> bytes:
        raise refused

    return File(parts, read, refused=refused)


def _too_large(limit: int) -> Refused:
    return Refused(
        f"over {limit / 2**20:.0f} MB", "It is too large: clear all outputs and hand it in again."
    )


def bomb(why: str) -> Refused:
    return Refused(f"{why}: a zip bomb?", "Hand in the notebook alone, outputs cleared.")


@dataclass
class Budget:
    """What has been unpacked so far, under limits."""

    limits: Limits = field(default_factory=Limits)
    bytes: int = 0
    entries: int = 0

    def take(self, size: int) -> None:
        """Count bytes. Raises `Refused`."""
        self.bytes += size
        if self.bytes > self.limits.total:
            raise bomb(f"it unpacks to over {self.limits.total / 2**20:.0f} MB")


def files_in_zip(archive: IO[bytes], budget: Budget, within: str = "") -> list[File]:
    """The files of a zip. What headers announce is not believed: reading counts as it goes.

    Raises `Refused` when it is no zip, or has too many entries.
    """
    limits = budget.limits
    try:
        end = zipfile._EndRecData(archive)  # as ZipFile itself will find it
        if end and end[zipfile._ECD_SIZE] > limits.directory:
            raise bomb("its list of files is huge")
        opened = zipfile.ZipFile(archive)
    except Refused:
        raise
    except Exception:  # whatever the library makes of bytes that are none
        raise Refused(
            "no zip that can be opened, or not all of it",
            "The zip cannot be opened: hand in the notebook itself.",
        ) from None
    found = []
    for info in opened.infolist():
        if info.filename.endswith("/"):
            continue
        budget.entries += 1
        if budget.entries > limits.entries:
            raise bomb(f"it holds over {limits.entries} files")
        found.append(_zipped(opened, info, budget, within))
    return found


def _zipped(opened: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget, within: str) -> File:
    name = info.orig_filename.replace("\\", "/")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    kind = stat.S_IFMT(info.external_attr >> 16)
    bad = ""
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        bad = "an absolute path"
    elif ".." in parts:
        bad = "a path that leads out of the zip"
    elif not parts or "\0" in name:
        bad = "a name that cannot be"
    parts = parts or ("(no name)",)
    if bad:
        file = _refusing(parts, f"{bad} in a zip", "Zip the notebook alone, without its folders.")
    elif kind == stat.S_IFLNK:
        file = _link(parts)
    elif kind not in (0, stat.S_IFREG):
        file = _refusing(parts, "a device, a pipe or the like", "Hand in the notebook itself.")
    elif info.flag_bits & 0x1:
        file = _refusing(parts, "it is encrypted", "Hand it in without a password.")
    elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        tell = "Zip it in the ordinary way, or hand in the notebook itself."
        file = _refusing(parts, "an unusual kind of compression", tell)
    else:
        file = File(parts, lambda limit: _read_zipped(opened, info, budget, limit))
    return replace(file, modified=_zip_time(info), within=within)


def _zip_time(info: zipfile.ZipInfo) -> float:
    try:
        return datetime.datetime(*info.date_time, tzinfo=datetime.UTC).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _read_zipped(
    opened: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget, limit: int
) -> bytes:
    parts, size = [], 0
    try:
        with opened.open(info) as file:
            while part := file.read(_CHUNK):
                size += len(part)
                budget.take(len(part))
                if size > 10 * 2**20 and size > budget.limits.ratio * max(info.compress_size, 1):
                    raise bomb(f"it unpacks to over {budget.limits.ratio} times its size")
                if size > limit:
                    raise _too_large(limit)
                parts.append(part)
    except Refused:
        raise
    except Exception as error:  # whatever the library makes of damaged bytes
        raise Refused(
            f"it cannot be unpacked: {shown(str(error))}",
            "The zip is damaged: hand in the notebook itself.",
        ) from None
    return b"".join(parts)
