"""A CSV through dlt as dictionaries: the way we do not go, to compare with.  See ``steelyard bench land``."""

import csv
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path


def through_dlt(path: Path, encoding: str, rows: int, folder: Path) -> int:
    """Extract, normalise and load the first ``rows`` rows of a CSV as Parquet below ``folder``.  Returns how many."""
    # Only this comparison runs a pipeline; it calls nobody.
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    import dlt

    def records() -> Iterator[dict[str, str]]:
        with path.open(encoding=encoding, errors="replace", newline="") as source:
            yield from islice(csv.DictReader(source), rows)

    pipeline = dlt.pipeline(
        "bench", pipelines_dir=str(folder / "pipelines"), dataset_name="rows",
        destination=dlt.destinations.filesystem(bucket_url=(folder / "out").as_uri()),
    )  # fmt: skip
    pipeline.run(records(), table_name="rows", loader_file_format="parquet")
    return rows
