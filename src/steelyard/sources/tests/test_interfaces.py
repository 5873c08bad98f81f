import pytest

from steelyard.sources import InterfaceBroken, load_interface, load_interfaces

TEXT = """
format: 1
id: human-resources/pension
title: {zh: 月度缴费, en: pension}
feeds: [social_insurance]
connector: file
location: {folder: "${STEELYARD_INBOX}/human-resources", pattern: "ylbx_*.csv"}
columns:
  id_no: 公民身份号码
  month: {from: 费款所属期, format: "%Y%m"}
ignore: [序号]
"""


@pytest.fixture
def written(tmp_path):
    def write(text, name="human-resources/pension.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_an_interface_is_read(written, tmp_path):
    written(TEXT)
    interface = load_interfaces(tmp_path)["human-resources/pension"]
    assert interface.file_format == "csv"
    assert interface.used() == {"公民身份号码", "费款所属期"}
    assert interface.feeds[0].columns["month"].format == "%Y%m"


def test_files_are_found_below_the_inbox_packed_or_not(written, tmp_path):
    interface = load_interface(written(TEXT), tmp_path)
    folder = tmp_path / "inbox" / "human-resources"
    folder.mkdir(parents=True)
    for name in ("ylbx_2.csv", "ylbx_1.csv.gz", "other.csv"):
        (folder / name).touch()
    assert [path.name for path in interface.files(tmp_path / "inbox")] == ["ylbx_1.csv.gz", "ylbx_2.csv"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: human-resources/pension", "id: other", "the path says 'human-resources/pension'"),
        ("feeds: [social_insurance]", "feeds: []", "feeds must list at least one dataset"),
        ('format: "%Y%m"', 'formatt: "%Y%m"', "month: unknown key formatt"),
        ("feeds: [social_insurance]", "feeds: [a, b]", "several feeds need a mapping"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(written, tmp_path, old, new, message):
    path = written(TEXT.replace(old, new))
    with pytest.raises(InterfaceBroken, match=message) as caught:
        load_interface(path, tmp_path)
    assert str(caught.value).startswith(f"{path}:")
