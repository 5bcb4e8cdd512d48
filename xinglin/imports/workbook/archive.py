"""Looking into an xlsx without trusting what its directory says."""

from __future__ import annotations

import io
import zipfile
import zlib

from .limits import Limits
from .problems import Unreadable

_DAMAGED = "文件已损坏，打不开。请用 Excel 或 WPS 打开，另存为 xlsx 后再上传"


class Archive:
    """The parts of a zipped workbook; every part is measured while it is inflated."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Raises Unreadable for a directory that is damaged, too long, overlapping or promises too much."""
        self.data, self.limits = data, limits
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                infos = archive.infolist()
        except (zipfile.BadZipFile, ValueError, EOFError) as error:
            raise Unreadable(_DAMAGED) from error
        if len(infos) > limits.entries:
            raise Unreadable(f"文件里有 {len(infos):,} 个部件，不像正常的表格")
        if sum(info.compress_size for info in infos) > len(data) or len({i.header_offset for i in infos}) < len(infos):
            raise Unreadable("文件的压缩结构不正常，已拒绝读取")
        if any(info.flag_bits & 1 for info in infos):
            raise Unreadable("文件有打开密码，读不出来。请取消密码后再上传")
        total = sum(info.file_size for info in infos)
        if total > limits.total_size:
            raise Unreadable(self._too_big(total))
        self.parts = {info.filename.lstrip("/"): info for info in infos}

    def _too_big(self, size: int) -> str:
        return (
            f"文件展开后有 {size // 1024 // 1024:,} MB，太大了，已拒绝读取。"
            f"每个文件最多 {self.limits.rows:,} 行，请拆成几个文件；没有那么多行的，请删掉多余的空行、图片和格式"
        )

    def names(self) -> set[str]:
        return set(self.parts)

    def read(self, name: str) -> bytes:
        """The part's whole content; b"" for a part that is not there. Raises Unreadable beyond the caps."""
        info = self.parts.get(name)
        if info is None:
            return b""
        if info.file_size > self.limits.part_size:
            raise Unreadable(self._too_big(info.file_size))
        header = self.data[info.header_offset : info.header_offset + 30]
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise Unreadable(_DAMAGED)
        start = info.header_offset + 30 + int.from_bytes(header[26:28], "little")
        start += int.from_bytes(header[28:30], "little")
        packed = self.data[start : start + info.compress_size]
        content = self._inflate(info.compress_type, packed)
        if len(content) != info.file_size:
            raise Unreadable("文件的压缩结构不正常，已拒绝读取")
        if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
            raise Unreadable("文件的内部结构不正常，已拒绝读取。请用 Excel 或 WPS 打开，另存为 xlsx 后再上传")
        return content

    def _inflate(self, method: int, packed: bytes) -> bytes:
        if method == zipfile.ZIP_STORED:
            return packed
        if method != zipfile.ZIP_DEFLATED:
            raise Unreadable(_DAMAGED)
        engine = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = engine.decompress(packed, self.limits.part_size + 1)
        except zlib.error as error:
            raise Unreadable(_DAMAGED) from error
        if len(content) > self.limits.part_size or engine.unconsumed_tail:
            raise Unreadable(self._too_big(len(content)))
        return content
