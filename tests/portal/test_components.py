"""Components say their meaning in words, escape what they show, and never turn missing into zero."""

from dataclasses import dataclass

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from kanjian.portal import components


@dataclass
class Rung:
    label: str
    position: int
    steps: int


def render(source: str, **values) -> str:
    """A template with the components loaded."""
    request = RequestFactory().get("/boards/x/", values.pop("query", {}))
    return Template("{% load kanjian %}" + source).render(Context({"request": request, **values}))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ x|points }}", "—"),
        ("{{ x|measured }}", "未采集"),
        ("{{ x|signed }}", "—"),
        ("{{ x|percent }}", "—"),
        ("{% rank_chip x 38 %}", "未排名"),
        ("{% band_chip x %}", "未定档"),
        ("{% meter x 100 %}", "未采集"),
    ],
)
def test_missing_is_never_zero(source, expected):
    html = render(source, x=None)
    assert expected in html
    assert "0" not in html


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ x|points }}", "71.26"),
        ("{{ x|points:1 }}", "71.3"),
        ("{{ x|measured:3 }}", "71.256"),
        ("{{ y|measured }}", "100"),
        ("{{ d|signed }}", "−0.35"),
        ("{{ x|signed:0 }}", "+71"),
        ("{{ z|signed }}", "0.00"),
        ("{{ z|points }}", "0.00"),
        ("{{ s|percent }}", "96%"),
        ("{{ big|points:0 }}", "690,000"),
    ],
)
def test_numbers(source, expected):
    values = {"x": 71.256, "y": 100.0, "d": -0.351, "z": -0.0001, "s": 0.96, "big": 690_000.0}
    with translation.override("en"):
        assert render(source, **values) == expected


def test_rank_chip_says_place_and_size():
    html = components.rank_chip(3, 38)
    assert "<b>3</b>" in html
    assert "共" in html
    assert "kj-rank-top" in html
    assert "kj-rank-top" not in components.rank_chip(4, 38)


def test_band_chip_fills_as_many_rungs_as_reached():
    html = components.band_chip(Rung("良好", 1, 4))
    assert html.count('class="kj-rung"') == 3
    assert html.count('class="kj-rung-off"') == 1
    assert html.endswith("良好</span>")


def test_ladders_of_any_length_use_the_four_tones():
    tones = [components.band_chip(Rung("x", position, 6)).split("kj-band-")[1][0] for position in range(6)]
    assert tones[0] == "0"
    assert tones[-1] == "3"
    assert tones == sorted(tones)


@pytest.mark.parametrize(
    ("places", "reason", "words"),
    [
        (3, None, "进 3 位"),
        (-2, None, "退 2 位"),
        (0, None, "持平"),
        (None, "first", "首期"),
        (None, "scheme", "方法有变，不可比"),
        (None, "something new", "不可比"),
    ],
)
def test_movement_in_words(places, reason, words):
    assert words in components.movement(places, reason)


def test_rank_interval_in_words_and_without_one():
    assert 'aria-label="名次区间 2–7，共 38"' in components.rank_interval(2, 7, 38, 3)
    assert "<svg" not in components.rank_interval(None, None, 38, 3)


def test_sparkline_in_words():
    html = components.sparkline([61.0, None, 70.0])
    assert "最低 61.0" in html
    assert "最高 70.0" in html
    assert "<svg" not in components.sparkline([61.0])


def test_histogram_leaves_out_the_empty_ends():
    html = components.histogram([0.0, 20.0, 40.0, 60.0, 80.0, 100.0], [0, 5, 9, 2, 0])
    assert html.count("<rect") == 3
    assert "得分从 20 到 80，最多的在 40–60（9 个）" in html
    assert "未采集" in components.histogram([0.0, 1.0], [0])


def test_what_is_made_once_is_made_per_language():
    def words() -> list[str]:
        return [
            components.rank_chip(None),
            components.rank_chip(2, 38),
            components.movement(2),
            components.movement(None, "first"),
            components.light("green"),
            components.rank_interval(2, 7, 38, 3),
            components.sparkline([61.0, 1070.0]),
        ]

    chinese = words()
    with translation.override("en"):
        english = words()
    assert not set(chinese) & set(english)
    assert "1,070" in english[-1]
    assert words() == chinese


def test_an_average_place_is_not_taken_for_a_whole_one():
    assert "<b>2</b>" in components.rank_chip(2.0, 38)
    dots = [components.rank_interval(2, 7, 38, rank) for rank in (3, 3.5)]
    assert dots[0] != dots[1]


@pytest.mark.parametrize("colour", sorted(components.LIGHTS))
def test_lights_have_shape_and_word(colour):
    html = components.light(colour)
    assert components.LIGHTS[colour] in html
    assert components.light_words(colour) in html


def test_unknown_light_is_refused():
    with pytest.raises(ValueError, match="must be one of blue"):
        components.light("pink")


def test_names_are_escaped():
    evil = "<script>alert(1)</script>"
    for html in (
        components.band_chip(Rung(evil, 0, 1)),
        components.light("red", evil),
        components.sparkline([1.0, 2.0], evil),
        components.icon("eye", evil),
        render("{% stat label 1 note=label %}{% empty_state label label %}", label=evil),
        render("{% breadcrumb label '/x/' label %}", label=evil),
        render("{% card title=label %}{{ label }}{% endcard %}", label=evil),
        render("{% card title='T' note=label kind=label %}{% endcard %}", label=evil),
        render("{% stat 'T' label unit=label %}", label=evil),
    ):
        assert evil not in html
        assert "&lt;script&gt;" in html


def test_pagination_keeps_the_filters():
    html = render("{% pagination 2 9 %}", query={"track": "hill", "page": "2"})
    assert "/boards/x/?track=hill&amp;page=3" in html
    assert html.count('aria-current="page"') == 1


def test_one_page_has_no_pager():
    assert render("{% pagination 1 1 %}").strip() == ""


def test_filter_bar_knows_what_is_chosen():
    choices = [type("Choice", (), {"code": c, "label": c.upper(), "count": 7})() for c in ("a", "b")]
    html = render(
        "{% filter_bar target='#rows' %}{% filter_select 'track' 'T' choices 'b' %}{% endfilter_bar %}", choices=choices
    )
    assert '<option value="b" selected>' in html.replace("\n", "")
    assert 'hx-target="#rows"' in html
    assert 'action="/boards/x/"' in html


def test_help_text_and_card_hold_their_content():
    html = render("{% card title='T' level=3 %}{% help_text 'why' %}<i>because</i>{% endhelp_text %}{% endcard %}")
    assert "<h3" in html
    assert "<i>because</i>" in html


def test_one_of_several_is_asked_with_buttons_in_a_group() -> None:
    """A group has a legend, its help belongs to it, and its buttons look like buttons, not like fields of text."""
    from django import forms

    class Asked(forms.Form):
        one = forms.ChoiceField(label="决定", choices=[("a", "成立")], widget=forms.RadioSelect, help_text="想清楚")
        some = forms.MultipleChoiceField(
            label="层级", choices=[("b", "乡镇")], initial=["b"], widget=forms.CheckboxSelectMultiple
        )
        text = forms.CharField(label="理由", help_text="会公开")

    one, some, text = (render_to_string("components/field.html", {"field": field}) for field in Asked())
    assert '<fieldset class="kj-options" aria-describedby="id_one_helptext">' in one
    assert 'id="id_one_helptext"' in one
    assert "<legend>决定</legend>" in one
    assert '<input type="radio" name="one" value="a" class="form-check-input"' in one
    assert "checked" in some
    assert "form-control" not in one + some
    assert 'aria-describedby="id_text_helptext"' in text
    assert 'id="id_text_helptext"' in text
