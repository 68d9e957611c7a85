import re
import xml.dom.minidom

import pytest

from repatlas.claims.ledger import Entry, SeedValue
from repatlas.claims.table import bar, render_table, write_table
from repatlas.errors import InputError


def entry(**changes):
    facts = {
        "id": "A1-depth",
        "paper": "block_structure",
        "title": "Origins",
        "topic": "emergence",
        "figure": "Fig 1a",
        "page": "p2",
        "made_for": "RN-164 1x",
        "statement": "it holds",
        "statistic": "dominated_fraction",
        "arguments": {"role": "deepest"},
        "measures": "Fraction of block outputs.",
        "value": 0.75,
        "interval": (0.6, 0.9),
        "threshold": 0.5,
        "direction": "above",
        "significance": None,
        "null": None,
        "p": None,
        "seeds": 3,
        "least_seeds": 3,
        "scale": "laptop",
        "claimed_at": ("paper",),
        "judged_at": ("laptop", "paper"),
        "verdict": "reproduced",
        "reason": "the whole interval is above 0.5",
        "per_seed": tuple(
            SeedValue(label=f"seed {seed}", value=value)
            for seed, value in enumerate((0.6, 0.75, 0.9))
        ),
        "left_out": (),
        "not_fitted": (),
        "study": "laptop",
        "config": "abcdef",
    }
    return Entry(**(facts | changes))


UNDECIDED = {"verdict": "undecided", "value": None, "interval": None, "per_seed": (), "seeds": 0}


def test_page_counts_verdicts():
    page = render_table([entry(), entry(id="A1-b"), entry(id="A1-c", verdict="not reproduced")])
    assert "<b>2</b>✓ reproduced" in page
    assert "<b>1</b>✗ not reproduced" in page
    assert "<b>0</b>? undecided" in page


def test_each_numbered_claim_has_its_counts():
    page = render_table(
        [
            entry(),
            entry(id="A1-b", verdict="not reproduced"),
            entry(id="A1-c", verdict="not reproduced"),
            entry(id="A2-x", topic="components", figure="Fig 2a"),
        ]
    )
    row = page[page.index('<a href="#block_structure-A1">') : page.index("components</td>")]
    assert re.findall(r'">(\d?)</td>', row) == ["1", "2", ""]
    assert page.index("emergence</td>") < page.index("How a verdict is made")
    heading = page[page.index('<tr id="block_structure-A1">') :]
    assert heading.index("A1: emergence") < heading.index("2 not reproduced")
    assert heading.index("A1-c") < heading.index("A2: components") < heading.index("A2-x")


def test_scale_is_told_in_the_place_of_the_verdict():
    page = render_table(
        [
            entry(
                verdict="undecided", reason="undecided at this scale (laptop)", judged_at=("cifar",)
            ),
            entry(id="A1-b", **UNDECIDED),
        ]
    )
    assert "? undecided at this scale</div>" in page
    assert "judged at: cifar</div>" in page
    assert "1 of them at this scale" in page
    assert "? undecided</div>" in page


def test_verdict_is_a_word_and_a_symbol():
    page = render_table([entry(), entry(id="A1-b", **UNDECIDED)])
    assert "✓ reproduced</div>" in page
    assert "? undecided</div>" in page


def test_papers_and_figures_head_their_claims():
    page = render_table(
        [entry(), entry(id="A2-x", figure="Fig 2b"), entry(id="A1-z", title="Convergent learning")]
    )
    order = [
        page.index(text)
        for text in ("Origins</h2>", "Fig 1a", "Fig 2b", "Convergent learning</h2>")
    ]
    assert order == sorted(order)


def test_page_is_well_formed_and_needs_nothing_else():
    page = render_table([entry(), entry(id="A1-b", **UNDECIDED), entry(null=0.1, p=0.03)])
    body = page[page.index("<body>") : page.index("</body>") + len("</body>")]
    xml.dom.minidom.parseString(body)
    assert "http" not in page
    assert "<script" not in page
    assert "prefers-color-scheme: dark" in page


def test_texts_are_escaped():
    page = render_table([entry(statement="a < b & <script>alert(1)</script>")])
    assert "a &lt; b &amp; &lt;script&gt;" in page


def test_reason_seeds_and_absent_networks_are_told():
    page = render_table(
        [entry(not_fitted=("RN-56 1x, seed 2 (train accuracy 40.0%)",), left_out=("x: no block",))]
    )
    for text in (
        "the whole interval is above 0.5",
        "0.75 [0.60, 0.90]; claimed above 0.5",
        "3 seeds, 1 not fitted, 1 left out",
        "seed 1: 0.750",
        "RN-56 1x, seed 2 (train accuracy 40.0%)",
        "x: no block",
    ):
        assert text in page


@pytest.mark.parametrize(("seeds", "told"), [(3, True), (10, False)])
def test_coarse_intervals_are_told(seeds, told):
    assert ("few seeds stand behind them" in render_table([entry(seeds=seeds)])) is told


def test_bar_places_numbers_in_their_order():
    drawn = bar(entry(null=0.1))
    places = [drawn.null, drawn.threshold, drawn.interval[0], drawn.value, drawn.interval[1]]
    assert places == sorted(places)
    assert places[0] > 0
    assert places[-1] < drawn.width
    assert drawn.side.x == drawn.threshold
    assert len(drawn.seeds) == 3


def test_claimed_side_below_lies_left():
    drawn = bar(entry(direction="below"))
    assert (drawn.side.x, drawn.side.width) == (0, drawn.threshold)


@pytest.mark.parametrize("value", [-0.4, 1.8])
def test_bar_reaches_to_numbers_outside_zero_to_one(value):
    drawn = bar(entry(value=value, interval=(value - 0.1, value + 0.1)))
    assert 0 <= drawn.interval[0] < drawn.interval[1] <= drawn.width


def test_small_numbers_have_an_axis_of_their_own():
    facts = {"threshold": -0.01, "value": 0.004, "interval": (-0.002, 0.01), "per_seed": ()}
    drawn = bar(entry(**facts))
    assert drawn.interval[1] > drawn.width - 20
    assert "0.004 [-0.002, 0.010]; claimed above -0.01" in render_table([entry(**facts)])


def test_nothing_but_zero_has_an_axis():
    assert bar(entry(threshold=0, value=0, interval=(0, 0), per_seed=())).value > 0


def test_single_seeds_of_a_difference_are_not_drawn():
    values = (SeedValue(label="a", value=0.9), SeedValue(label="b", value=0.1, subtracted=True))
    assert bar(entry(per_seed=values)).seeds == ()
    assert "b: 0.100, subtracted" in render_table([entry(per_seed=values)])


def test_no_value_no_bar():
    assert bar(entry(**UNDECIDED)) is None
    assert "no value" in render_table([entry(**UNDECIDED)])


def test_same_entries_same_bytes(tmp_path):
    for name in "ab":
        write_table([entry()], tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_empty_ledger_is_refused(tmp_path):
    with pytest.raises(InputError, match="no claim"):
        write_table([], tmp_path / "claims.html")
