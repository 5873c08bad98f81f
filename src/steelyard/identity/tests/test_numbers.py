import datetime as dt

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.engines.duck import connect
from steelyard.identity import numbers
from steelyard.kit import identifiers as known

TODAY = dt.date(2025, 6, 30)
DUCK = connect(memory_mb=256, threads=1)

residents = st.builds(
    known.make_resident_id,
    st.sampled_from(["339921", "110101", "999999"]),
    st.dates(dt.date(1840, 1, 1), dt.date(2030, 1, 1)),
    st.integers(0, 999),
)
credits = st.builds(
    known.make_credit_code,
    st.sampled_from(["91", "11", "N2", "A1", "Y3"]),
    st.just("339921"),
    st.text(known.CREDIT_ALPHABET, min_size=9, max_size=9),
)
valid = residents | credits


@st.composite
def spoiled(draw):
    number = draw(valid)
    place = draw(st.integers(0, 17))
    if draw(st.booleans()) and place < 17:
        return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    return number[:place] + draw(st.sampled_from("0123456789ABXZI")) + number[place + 1 :]


def judged(texts):
    DUCK.register("t", pa.table({"n": pa.array(texts, pa.string())}))
    value = numbers.expanded("n")
    found = DUCK.execute(
        f"SELECT n, {numbers.is_resident('v', f'DATE {TODAY.isoformat()!r}')}, {numbers.is_credit('v')} "
        f"FROM (SELECT n, {value} AS v FROM t)"
    ).fetchall()
    return {n: (resident, credit) for n, resident, credit in found}


@settings(max_examples=60, deadline=None)
@given(st.lists(valid | spoiled() | st.text(max_size=20), min_size=1, max_size=60))
def test_sql_and_python_judge_every_number_alike(texts):
    texts = [known.normal(text).replace("\0", "") for text in texts]
    for text, (resident, credit) in judged(texts).items():
        assert resident == known.is_resident_id(text, today=TODAY), text
        assert credit == known.is_credit_code(text), text


def test_every_single_change_of_a_number_is_noticed():
    number = known.make_resident_id("339921", dt.date(1990, 1, 1), 123)
    changed = [number[:at] + c + number[at + 1 :] for at in range(18) for c in "0123456789X" if c != number[at]]
    assert not any(resident for resident, _ in judged(changed).values())


def test_old_numbers_are_expanded_to_the_new_form():
    old = "339921500101123"
    found = DUCK.execute(f"SELECT {numbers.expanded('n')} FROM (SELECT '{old}' AS n)").fetchall()[0][0]
    assert found == known.expand(old)
    assert judged([old])[old][0]


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(max_codepoint=0x7E, min_codepoint=0x20) | st.sampled_from("０１９Ｘｘ　Ａ"), max_size=20))
def test_full_width_characters_and_blanks_are_taken_out_alike(text):
    DUCK.register("t", pa.table({"n": pa.array([text], pa.string())}))
    plain, form = DUCK.execute(f"SELECT {numbers.is_plain('n')}, {numbers.normal('n')} FROM t").fetchall()[0]
    assert plain
    assert form == known.normal(text)
