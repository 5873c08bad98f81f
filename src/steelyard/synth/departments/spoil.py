"""Rows and files as they arrive when something is wrong."""

import io
import json
from collections.abc import Collection, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from steelyard.sources import Interface
from steelyard.synth.departments.faults import Kind

NEW_COLUMN = "新增字段"
NEW_VALUE = "升级后新增"


def drifting(interface: Interface, columns: Sequence[str]) -> str:
    """The column that a schema drift renames: a needed one that neither orders rows nor asks for them."""
    keep = {interface.fetch.column, interface.order, interface.operation, interface.sequence}
    needed = [name for name in columns if name in interface.needed() and name not in keep]
    return (needed or list(columns))[-1]


def renamed(name: str) -> str:
    """What a drifted column is called."""
    return f"{name}_新"


def spoiled_rows(table: pa.Table, interface: Interface, kinds: Collection[Kind]) -> pa.Table:
    """The rows an API or a sender offers while these faults are on."""
    if Kind.LATE in kinds:
        return table.slice(0, 0)
    if Kind.DUPLICATED in kinds:
        table = pa.concat_tables([table, table])
    if Kind.OUT_OF_ORDER in kinds:
        table = reversed_rows(table)
    return drifted(table, interface) if Kind.DRIFT in kinds else table


def reversed_rows(table: pa.Table) -> pa.Table:
    """The last row first."""
    return table.take(pa.array(range(len(table) - 1, -1, -1), pa.int64()))


def drifted(table: pa.Table, interface: Interface) -> pa.Table:
    """One column under another name, and one more column."""
    wrong = drifting(interface, table.column_names)
    names = [renamed(name) if name == wrong else name for name in table.column_names]
    return table.rename_columns(names).append_column(NEW_COLUMN, pa.array([NEW_VALUE] * len(table), pa.string()))


def spoiled_file(content: bytes, interface: Interface, kinds: Collection[Kind]) -> bytes:
    """A file as it arrives while these faults are on; ``late`` and ``duplicated`` are the sender's business."""
    change = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}.get(interface.file_format)
    if change is not None:
        content = change(content, interface, kinds)
    return content[: len(content) // 2] if Kind.HALF in kinds else content


def _encoding(content: bytes, interface: Interface) -> str:
    if interface.options.encoding:
        return "utf-8-sig" if interface.options.encoding.lower().startswith("utf-8") else interface.options.encoding
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _other(encoding: str) -> str:
    """An encoding that a reader of ``encoding`` cannot take for its own."""
    return "utf-16" if encoding.startswith("utf-8") else "utf-8"


def _csv(content: bytes, interface: Interface, kinds: Collection[Kind]) -> bytes:
    encoding = _encoding(content, interface)
    lines = content.decode(encoding).splitlines(keepends=True)
    top = interface.options.headings[-1]
    head, heading, rows = lines[: top - 1], lines[top - 1], lines[top:]
    if Kind.OUT_OF_ORDER in kinds:
        footer = interface.options.skip_footer
        totals = [line for line in rows if footer and line.startswith(footer)]
        rows = [*reversed([line for line in rows if line not in totals]), *totals]
    if Kind.DRIFT in kinds:
        heading, rows = _drifted_lines(heading, rows, interface)
    text = "".join([*head, heading, *rows])
    if Kind.ENCODING in kinds:
        return text.encode(_other(encoding))
    return text.encode(encoding if content.startswith(b"\xef\xbb\xbf") or encoding != "utf-8-sig" else "utf-8")


def _drifted_lines(heading: str, rows: list[str], interface: Interface) -> tuple[str, list[str]]:
    mark = "\t" if interface.options.delimiter in ("\t", "tab") else interface.options.delimiter
    end = heading[len(heading.rstrip("\r\n")) :]
    names = heading.rstrip("\r\n").split(mark)
    wrong = drifting(interface, names)
    heading = mark.join([renamed(name) if name == wrong else name for name in names] + [NEW_COLUMN]) + end
    return heading, [line.rstrip("\r\n") + mark + NEW_VALUE + end for line in rows]


def _jsonl(content: bytes, interface: Interface, kinds: Collection[Kind]) -> bytes:
    lines = content.decode("utf-8-sig").splitlines()
    if Kind.OUT_OF_ORDER in kinds:
        lines.reverse()
    if Kind.DRIFT in kinds and lines:
        objects = [json.loads(line) for line in lines]
        wrong = drifting(interface, list(objects[0]))
        lines = [
            json.dumps(
                {renamed(key) if key == wrong else key: value for key, value in one.items()} | {NEW_COLUMN: NEW_VALUE},
                ensure_ascii=False,
            )
            for one in objects
        ]
    return "".join(f"{line}\n" for line in lines).encode("gb18030" if Kind.ENCODING in kinds else "utf-8")


def _parquet(content: bytes, interface: Interface, kinds: Collection[Kind]) -> bytes:
    if not {Kind.OUT_OF_ORDER, Kind.DRIFT} & set(kinds):
        return content
    table = pq.read_table(io.BytesIO(content))
    table = reversed_rows(table) if Kind.OUT_OF_ORDER in kinds else table
    table = drifted(table, interface) if Kind.DRIFT in kinds else table
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()
