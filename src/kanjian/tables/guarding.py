"""Workbooks that are not what they look like 压缩包检查: an archive of a few kilobytes can hold gigabytes."""

import io
import struct
import zipfile
import zlib

from kanjian.tables.problems import TableError

# Bytes of all parts of a workbook, unpacked; a million cells are about 100 MB.
LARGEST = 1_000_000_000
_STEP = 1 << 20
_LOCAL_HEADER, _NAME_LENGTHS = 30, 26


def refuse_bombs(content: bytes, limit: int = LARGEST) -> None:
    """Raise ``TableError`` (too_large) for a workbook that unpacks to more than ``limit`` bytes.

    What the archive says about itself may be wrong, so the parts are unpacked and counted, piece by piece; nothing is
    kept. Raises ``TableError`` (unreadable) for what is no archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
        left = limit
        for part in parts:
            left -= _unpacked(content, part, left)
            if left < 0:
                raise TableError.one("too_large", particulars={"limit": f"{limit // 1_000_000:,} MB"})
    except (zipfile.BadZipFile, zlib.error, struct.error) as error:
        raise TableError.unreadable(error) from error


def _unpacked(content: bytes, part: zipfile.ZipInfo, enough: int) -> int:
    """Bytes of a part when unpacked; stops counting soon after ``enough``."""
    names = content[part.header_offset + _NAME_LENGTHS : part.header_offset + _LOCAL_HEADER]
    start = part.header_offset + _LOCAL_HEADER + sum(struct.unpack("<HH", names))
    packed = content[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        return len(packed)
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(f"{part.filename}: packed in a way that workbooks are not")
    count, unpacker = 0, zlib.decompressobj(-zlib.MAX_WBITS)
    while packed and count <= enough:
        count += len(unpacker.decompress(packed, _STEP))
        packed = unpacker.unconsumed_tail
    return count
