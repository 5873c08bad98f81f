"""Five models written by hand for Polars, to measure beside; with default parameters and nobody merged into another."""

import datetime as dt
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from steelyard.cli.bench import measuring
from steelyard.cli.bench.detecting import Ground

Frames = Mapping[str, Any]
DATASETS = ("tender", "tender_section", "bid", "award", "tender_contract", "contract_change", "qualification")


def absent() -> str | None:
    """Why Polars cannot be measured here; None where it can."""
    try:
        import polars  # noqa: F401
    except ImportError:
        return "no polars: pip install polars"
    return None


def _running(frames: Frames) -> Any:
    """Sections of tenders that were not cancelled, an unknown tender counting as one."""
    import polars as pl

    tender = frames["tender"].select("tender_id", "status", "method")
    joined = frames["tender_section"].join(tender, on="tender_id", how="left")
    return joined.filter(pl.col("status").is_null() | (pl.col("status") != "cancelled"))


def _short_period(frames: Frames) -> Any:
    import polars as pl

    called = frames["tender"].filter(pl.col("status").is_null() | (pl.col("status") != "cancelled"))
    return called.filter(pl.col("bid_deadline") < pl.col("doc_from") + pl.duration(days=15)).select("tender_id")


def _single_bid(frames: Frames) -> Any:
    import polars as pl

    open_ones = _running(frames).filter(pl.col("method").is_in(["open", "invited"])).select("section_id")
    received = frames["bid"].filter(~pl.col("withdrawn").fill_null(False))
    bidder = pl.when(pl.col("bidder_id") != "").then(pl.col("bidder_id")).otherwise(pl.col("bid_id"))
    return (
        received.join(open_ones, on="section_id", how="inner")
        .group_by("section_id").agg(bidder.n_unique().alias("tenderers")).filter(pl.col("tenderers") == 1)
    )  # fmt: skip


def _one_left(frames: Frames) -> Any:
    import polars as pl

    won = frames["award"].filter(pl.col("winner_id") != "").select("section_id", "winner_id")
    received = frames["bid"].filter(~pl.col("withdrawn").fill_null(False) & (pl.col("bidder_id") != ""))
    judged = (
        received.join(won, on="section_id", how="inner").join(_running(frames).select("section_id"), on="section_id")
        .group_by("section_id", "bidder_id", "winner_id")
        .agg(pl.col("valid").any().alias("ok"), (~pl.col("valid")).any().alias("out"))
    )  # fmt: skip
    counted = judged.group_by("section_id").agg(
        pl.col("ok").sum().alias("ok"),
        (pl.col("ok") & (pl.col("bidder_id") == pl.col("winner_id"))).sum().alias("winner"),
        (~pl.col("ok") & pl.col("out")).sum().alias("out"),
    )
    return counted.filter((pl.col("ok") == 1) & (pl.col("winner") == 1) & (pl.col("out") >= 1))


def _changed_much(frames: Frames) -> Any:
    import polars as pl

    grown = frames["contract_change"].filter(pl.col("amount") > 0).group_by("contract_id")
    total = grown.agg(pl.col("amount").cast(pl.Float64).sum().alias("more"))
    signed = frames["tender_contract"].filter(pl.col("amount") > 0).select("contract_id", "section_id", "amount")
    running = _running(frames).select("section_id")
    compared = signed.join(total, on="contract_id").join(running, on="section_id")
    return compared.filter(pl.col("more") > 0.1 * pl.col("amount").cast(pl.Float64))


def _unqualified(frames: Frames) -> Any:
    import polars as pl

    places = {"special": 1, "1": 2, "2": 3, "3": 4}

    def place(name: str) -> Any:
        return pl.col(name).replace_strict(places, default=None, return_dtype=pl.Int8)

    asked = _running(frames).filter(pl.col("qual_category") != "")
    asked = asked.select("section_id", "qual_category", pl.col("qual_grade").alias("wanted"))
    offers = frames["bid"].filter(
        pl.col("valid") & ~pl.col("withdrawn").fill_null(False) & (pl.col("bidder_id") != "")
    ).select("section_id", "bidder_id", "submit_time").join(asked, on="section_id")  # fmt: skip
    held = frames["qualification"].filter(pl.col("status") == "valid")
    held = held.select(pl.col("company_id").alias("bidder_id"), "qual_category", "qual_grade", "valid_from", "valid_to")
    day = pl.col("submit_time").dt.date()
    enough = offers.join(held, on=["bidder_id", "qual_category"]).filter(
        (pl.col("valid_from").is_null() | (pl.col("valid_from") <= day))
        & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= day))
        & (pl.col("wanted").is_null() | (place("qual_grade") <= place("wanted")))
    )
    left = offers.join(enough, on=["section_id", "bidder_id", "submit_time"], how="anti")
    return left.select("section_id", "bidder_id").unique()


MODELS: Mapping[str, Callable[[Frames], Any]] = {
    "ocds/r003-short-submission-period": _short_period,
    "ocds/r018-single-bid": _single_bid,
    "ocds/r035-all-except-winner-disqualified": _one_left,
    "tender-reg-post-award/change-excess": _changed_much,
    "tender-reg-false-bidding/fake-qualification": _unqualified,
}


def counted(home: str, as_of: str) -> measuring.Measured:
    """Processor seconds and findings of each of the five."""
    import polars as pl

    dt.date.fromisoformat(as_of)
    ground = Ground.of(home)
    frames = {name: pl.scan_parquet(ground.pool.files(name)) for name in DATASETS}

    def work() -> tuple[int, dict[str, Any]]:
        told = {}
        for name, model in MODELS.items():
            cpu, wall = time.process_time(), time.monotonic()
            found = model(frames).select(pl.len()).collect(engine="streaming").item()
            told[name] = {"cpu_s": round(time.process_time() - cpu, 3), "wall_s": round(time.monotonic() - wall, 3),
                          "rows": int(found)}  # fmt: skip
        return 0, {"per_model": told}

    return measuring.here(work)


if __name__ == "__main__":
    out = os.dup(1)
    os.dup2(2, 1)
    os.write(out, (measuring.as_json(counted(*sys.argv[1:])) + "\n").encode())
