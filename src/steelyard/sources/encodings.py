"""Character sets of delivered text: which one a file is in, and UTF-16 turned into UTF-8 while it is read."""

import codecs
from typing import IO

KNOWN = ("utf-8", "gb18030", "gbk", "gb2312", "big5", "utf-16", "utf-16-le", "utf-16-be")
"""What an interface may say.  GBK and GB2312 are read as GB18030, which holds them both."""
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_BROKEN = b"\xff"
"""No byte of UTF-8: stands for half a character, so that its line is refused by its number."""


def normal(name: str) -> str:
    """The name Python reads a said encoding by.  Raises ValueError for one that is not known."""
    plain = name.strip().lower().replace("_", "-").removesuffix("-sig").removesuffix("sig")
    plain = {"utf8": "utf-8", "utf16": "utf-16", "cp936": "gbk"}.get(plain, plain)
    if plain not in KNOWN:
        raise ValueError(f"format_options.encoding {name!r} is none of {', '.join(KNOWN)}")
    return "gb18030" if plain in ("gbk", "gb2312") else plain


def sniff(head: bytes, said: str | None) -> str:
    """The encoding of a file that begins with ``head``: its mark, else what is said, else UTF-8 or GB18030.

    A mark wins over what is said: a spreadsheet writes it, and a wrong one shows at once.
    """
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if said:
        name = normal(said)
        return "utf-16-le" if name == "utf-16" else name
    lines = head[: head.rfind(b"\n") + 1] or head
    try:
        codecs.getincrementaldecoder("utf-8")().decode(lines)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def is_wide(encoding: str) -> bool:
    """Whether a character takes two bytes, so that lines cannot be cut from the bytes as they are."""
    return encoding.startswith("utf-16")


class Narrowed:
    """A stream of UTF-16 as UTF-8.  Half a pair becomes bytes that are no UTF-8, and is refused with its line."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder(encoding)("surrogatepass")
        self._rest = b""
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """So many bytes at most; fewer only at the end."""
        while not self._ended and (size < 0 or len(self._rest) < size):
            self._take(self._stream.read(max(size, 1 << 16) if size > 0 else -1))
        cut = len(self._rest) if size < 0 else size
        given, self._rest = self._rest[:cut], self._rest[cut:]
        return given

    def _take(self, data: bytes) -> None:
        self._ended = not data
        try:
            text = self._decode.decode(data, final=self._ended)
        except UnicodeDecodeError:
            text = ""
            self._rest += _BROKEN
        self._rest += text.encode("utf-8", "surrogatepass")

    def __enter__(self) -> "Narrowed":
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
