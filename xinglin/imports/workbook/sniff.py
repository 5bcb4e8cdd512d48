"""What a file is by its content; its name is never believed."""

from __future__ import annotations

import io
import zipfile

from .problems import Unreadable

_AGAIN = "请用 Excel 或 WPS 打开，另存为 xlsx 后再上传"
_SIGNS = (
    (b"%PDF", f"这是 PDF 文件，不是表格。{_AGAIN}"),
    (b"\x89PNG", "这是图片，不是表格。请上传 xlsx、xls 或 csv 文件"),
    (b"\xff\xd8\xff", "这是图片，不是表格。请上传 xlsx、xls 或 csv 文件"),
    (b"GIF8", "这是图片，不是表格。请上传 xlsx、xls 或 csv 文件"),
    (b"Rar!", "这是压缩包。请解压后上传里面的表格"),
    (b"7z\xbc\xaf", "这是压缩包。请解压后上传里面的表格"),
    (b"\x1f\x8b", "这是压缩包。请解压后上传里面的表格"),
)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PASSWORD = "文件有打开密码，读不出来。请在 Excel 或 WPS 中取消密码，保存后再上传"


def format_of(data: bytes) -> str:
    """ "xlsx", "xls" or "csv". Raises Unreadable for anything else."""
    if not data.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise Unreadable("文件是空的，里面没有内容")
    for sign, message in _SIGNS:
        if data.startswith(sign):
            raise Unreadable(message)
    if data.startswith(_ZIP):
        return _zipped(data)
    if data.startswith(_OLE):
        return _compound(data)
    head = data[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise Unreadable(f"这个文件其实是网页或 XML，只是改了扩展名。{_AGAIN}")
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(f"认不出这个文件，它不是表格。{_AGAIN}")
    return "csv"


def _zipped(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, EOFError) as error:
        raise Unreadable(f"文件已损坏，打不开。{_AGAIN}") from error
    if any(name.startswith("word/") for name in names):
        raise Unreadable("这是 Word 文件，不是表格。请把内容放进模板后再上传")
    if "xl/workbook.bin" in names:
        raise Unreadable(f"这是 xlsb 格式。{_AGAIN}")
    if "content.xml" in names and "mimetype" in names:
        raise Unreadable(f"这是 ODS 格式。{_AGAIN}")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Unreadable("这是压缩包，不是表格。请解压后上传里面的表格")
    return "xlsx"


def _compound(data: bytes) -> str:
    import olefile  # only here: a process lives for one file, and most are xlsx

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as compound:
            streams = {"/".join(path).lower() for path in compound.listdir()}
    except Exception as error:  # the reader raises many kinds on hostile input; all mean the same to the user
        raise Unreadable(f"文件已损坏，打不开。{_AGAIN}") from error
    if "encryptedpackage" in streams:
        raise Unreadable(_PASSWORD)
    if "worddocument" in streams:
        raise Unreadable("这是 Word 文件，不是表格。请把内容放进模板后再上传")
    if not streams & {"workbook", "book"}:
        raise Unreadable(f"认不出这个文件，它不是表格。{_AGAIN}")
    return "xls"


def password_message() -> str:
    """The sentence for every kind of encrypted workbook."""
    return _PASSWORD
