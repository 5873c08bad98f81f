"""Hostile Parquet files, made by code."""

import struct
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

GOOD = pa.table({"a": ["1", "3"], "b": ["2", "4"]})


def good(path: Path) -> bytes:
    pq.write_table(GOOD, path)
    return path.read_bytes()


def other_end(path: Path) -> None:
    path.write_bytes(good(path)[:-4] + b"PARX")


def cut_short(path: Path) -> None:
    path.write_bytes(good(path)[:-40])


def footer_beyond_the_file(path: Path) -> None:
    raw = good(path)
    path.write_bytes(raw[:-8] + struct.pack("<L", 0xFFFF_FFF0) + b"PAR1")


def footer_of_junk(path: Path) -> None:
    path.write_bytes(b"PAR1" + b"\xff" * 5_000 + struct.pack("<L", 5_000) + b"PAR1")


def pages_of_junk(path: Path) -> None:
    raw = bytearray(good(path))
    raw[4:60] = b"\xee" * 56
    path.write_bytes(raw)


def nested(path: Path) -> None:
    pq.write_table(pa.table({"a": [[1, 2], [3]], "b": ["x", "y"]}), path)


def structured(path: Path) -> None:
    pq.write_table(pa.table({"a": [{"x": 1}], "b": ["x"]}), path)


def bytes_column(path: Path) -> None:
    pq.write_table(pa.table({"a": [b"\xff\x00"], "b": ["x"]}), path)


class _Keys(pe.KmsClient):
    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> bytes:
        return key_bytes

    def unwrap_key(self, wrapped_key: bytes, master_key_identifier: str) -> bytes:
        return wrapped_key


def encrypted(path: Path) -> None:
    factory = pe.CryptoFactory(lambda _config: _Keys())
    made = pe.EncryptionConfiguration(footer_key="k", column_keys={"k": ["a", "b"]})
    properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), made)
    with pq.ParquetWriter(path, GOOD.schema, encryption_properties=properties) as writer:
        writer.write_table(GOOD)


def endless_rows(path: Path) -> None:
    """More rows than are taken, in a file of a few kilobytes."""
    schema = pa.schema({"a": pa.null(), "b": pa.null()})
    with pq.ParquetWriter(path, schema) as writer:
        part = pa.table({"a": pa.nulls(10_000_000), "b": pa.nulls(10_000_000)})
        for _ in range(21):
            writer.write_table(part)


def ratio_bomb(path: Path) -> None:
    part = pa.table({"a": ["x" * 1_000_000] * 100, "b": [""] * 100})
    with pq.ParquetWriter(path, part.schema, compression="zstd", use_dictionary=False) as writer:
        for _ in range(6):
            writer.write_table(part)


def one_long_text_in_every_row(path: Path) -> None:
    """A dictionary of one text: a small file of which every row is a megabyte."""
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * (1 << 20)]))
    pq.write_table(pa.table({"a": text, "b": text}), path, compression="zstd")


def name_twice(path: Path) -> None:
    pq.write_table(pa.Table.from_arrays([pa.array(["1"]), pa.array(["2"])], names=["a", "a"]), path)
