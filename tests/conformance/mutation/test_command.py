"""`python -m calybris_conformance.mutation` as people run it, on a tiny package: exit codes, files, refusals."""

import json
from pathlib import Path

import pytest

from calybris_conformance.mutation import results, survivors
from calybris_conformance.mutation.__main__ import main
from calybris_conformance.mutation.survivors import Entry
from tests.support.planted import plant


class Place:
    """A package, and where its results are."""

    def __init__(self, folder: Path) -> None:
        self.package = plant(folder)
        self.results = folder / "results.jsonl"
        self.survivors = folder / "survivors.toml"
        self.page = folder / "mutation.md"

    def run(self, command: str, *options: str) -> int:
        files = ["--package", str(self.package), "--results", str(self.results), "--survivors", str(self.survivors)]
        return main([command, *files, *options])

    def list_the_survivors(self) -> None:
        known = results.load(self.results).values()
        survivors.save(
            self.survivors,
            {one.id: Entry(one.change, "equivalent: why not") for one in known if one.outcome == "survived"},
        )


@pytest.fixture(scope="module")
def judged_once(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The results of a run over the whole tiny package, as text."""
    place = Place(tmp_path_factory.mktemp("judged"))
    assert place.run("run", "--jobs", "2") == 1
    return place.results.read_text("utf-8")


@pytest.fixture
def place(tmp_path: Path, judged_once: str) -> Place:
    place = Place(tmp_path)
    place.results.write_text(judged_once, "utf-8")
    return place


def test_a_run_keeps_what_it_learns_and_asks_for_reasons(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calybris_conformance.mutation.run.WORKER", "no_such_module")  # nothing is asked twice
    assert place.run("run") == 1
    shown = capsys.readouterr().out
    assert "price.UNUSED:integer:1 (1 -> 2) survives and is not listed" in shown
    assert shown.splitlines()[0].split() == ["module", "mutants", "killed", "survived", "invalid"]


def test_a_change_is_asked_about_again(place: Place) -> None:
    rules = place.package / "price.py"
    rules.write_text(rules.read_text().replace("2 * rounded", "3 * rounded"))
    before = results.load(place.results)
    assert place.run("run", "--jobs", "1") == 1
    after = results.load(place.results)
    assert after["price.doubled:integer:1"].change == "3 -> 4"
    assert after["price.rounded:integer:1"] == before["price.rounded:integer:1"]


def test_what_is_no_mutant_any_more_is_dropped(place: Place) -> None:
    rules = place.package / "price.py"
    rules.write_text(rules.read_text().replace("UNUSED = 1", ""))
    assert place.run("run", "--module", "price", "--jobs", "1") in (0, 1)
    assert "price.UNUSED:integer:1" not in results.load(place.results)


def test_an_update_enters_what_survives(place: Place) -> None:
    assert place.run("run", "--update") == 1  # the reasons are empty
    listed = survivors.load(place.survivors)
    assert listed["price.UNUSED:integer:1"] == Entry("1 -> 2", "")
    survivors.save(place.survivors, {**listed, "other.f:call:1": Entry("f(x) -> x", "equivalent: y")})
    assert place.run("run", "--update", "--module", "price") == 1
    assert "other.f:call:1" in survivors.load(place.survivors)
    place.run("run", "--update")
    assert "other.f:call:1" not in survivors.load(place.survivors)


def test_a_sample_that_is_as_recorded(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    before = place.results.read_text("utf-8")
    assert place.run("run", "--again", "--sample", "1/3", "--jobs", "1") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "all as listed"
    assert place.results.read_text("utf-8") == before


def test_a_sample_that_is_not(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    text = place.results.read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        if line["id"] == "price.UNUSED:integer:1":
            line["outcome"] = "invalid"
    place.results.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert place.run("run", "--again", "--sample", "0/1", "--jobs", "1") == 1
    assert "price.UNUSED:integer:1 (1 -> 2) is survived, recorded: invalid" in capsys.readouterr().out


def test_open_proofs_are_asked_again_when_there_is_time(place: Place) -> None:
    text = place.results.read_text("utf-8")
    unused = '"id": "price.UNUSED:integer:1"'
    assert unused in text
    place.results.write_text(text.replace(unused, unused + ', "open": 2'))
    assert place.run("run", "--jobs", "1") == 1
    assert results.load(place.results)["price.UNUSED:integer:1"].open == 2
    assert place.run("run", "--jobs", "1", "--patient") == 1
    assert results.load(place.results)["price.UNUSED:integer:1"].open == 0


def test_a_sample_needs_results(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.results.unlink()
    assert place.run("run", "--again") == 2
    assert "have no recorded result" in capsys.readouterr().err


def test_the_vectors_are_asked_about_survivors(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(run: object, mutants: list[object], on_result: object) -> None:
        asked.extend(mutant.id for mutant in mutants)  # type: ignore[attr-defined]  # mutants

    monkeypatch.setattr("calybris_conformance.mutation.run.Run.ask_vectors", ask)
    assert place.run("run", "--vectors") == 1
    known = results.load(place.results).values()
    assert sorted(asked) == sorted(one.id for one in known if one.outcome == "survived")


@pytest.mark.slow
def test_a_page_and_the_check_of_everything(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert place.run("check", "--page", str(place.page)) == 1
    assert "was not shown to the vectors" in capsys.readouterr().out
    shown = [
        results.Known(**{**json.loads(line), "vectors_key": ""}) for line in place.results.read_text().splitlines()
    ]
    assert place.run("run", "--vectors") == 1  # the tiny package is not what the vectors are about: no case sees it
    assert len(shown) == len(results.load(place.results))
    place.list_the_survivors()
    assert place.run("check", "--page", str(place.page)) == 1
    told = capsys.readouterr().out
    assert "is not what `page` writes" in told or "less than 95%" in told
    assert place.run("page", "--page", str(place.page)) == 0
    place.run("check", "--page", str(place.page))
    assert "is not what `page` writes" not in capsys.readouterr().out
    page = place.page.read_text("utf-8")
    assert "| `price` |" in page
    assert "| `price.UNUSED:integer:1` | `1 -> 2` | why not |" in page


def test_a_check_names_what_was_not_judged(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    rules = place.package / "price.py"
    rules.write_text(rules.read_text().replace("STEP = 10", "STEP = 11"))
    assert place.run("check", "--page", str(place.page)) == 1
    assert "price.STEP:integer:1 (11 -> 12) was not judged" in capsys.readouterr().out


def test_a_page_needs_results(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.results.unlink()
    assert place.run("page", "--page", str(place.page)) == 2
    assert "has no result; run all mutants first" in capsys.readouterr().err


def test_a_list_of_mutants(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert place.run("list", "--module", "price") == 0
    assert "survived  price.UNUSED:integer:1  line 9: 1 -> 2" in capsys.readouterr().out
    place.results.unlink()
    assert place.run("list") == 0
    assert "unknown  price.UNUSED:integer:1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--module", "nowhere"], "planted has no module nowhere with rules"),
        (["--module", "words"], "no mutant is selected"),
        (["--corpus", "nowhere"], "nowhere"),
    ],
)
def test_what_cannot_run_is_exit_code_2(
    place: Place, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    assert place.run("run", *options) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("share", ["2/2", "one", "-1/2", "1"])
def test_a_share_that_is_none(place: Place, share: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        place.run("run", "--sample", share)


def test_a_list_of_survivors_that_cannot_be_read(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.survivors.write_text("[")
    assert place.run("run") == 2
    assert "is no list of survivors" in capsys.readouterr().err


def test_the_specification_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--module", "cost", "--results", "nowhere.jsonl"]) == 0
    assert "cost.ceil_per_million:integer:1" in capsys.readouterr().out
