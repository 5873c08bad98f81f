"""The walk-through for files says what an interface may say."""

import re
from pathlib import Path

from steelyard.sources import load_interface

DOC = Path(__file__).resolve().parents[1] / "docs" / "howto" / "connect-a-file.md"


def test_the_interface_of_the_walk_through_is_one(tmp_path):
    text = re.search(r"```yaml\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)[1]
    path = tmp_path / "town" / "rents.yaml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    interface = load_interface(path, tmp_path)
    assert interface.options.headings == (2, 3)
    assert interface.options.footers == ("合计", "制表人")
    assert interface.period_of("zj_202503.xlsx") == "2025-03"
