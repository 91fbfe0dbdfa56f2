from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from tagboat.config.planning import Strategy, Versioning
from tagboat.core.change import Change, Level
from tagboat.planner.versions import trains
from tagboat.planner.versions.decide import decide
from tagboat.planner.versions.schemes import Number, reader
from tagboat.planner.versions.strategies import following

TODAY = date(2026, 11, 21)
numbers = st.integers(0, 12)
levels = st.sampled_from([Level.PATCH, Level.MINOR, Level.MAJOR])
optional = st.one_of(st.none(), numbers)


@st.composite
def pep440_versions(draw: st.DrawFn) -> str:
    epoch = draw(st.sampled_from(["", "", "1!"]))
    release = ".".join(map(str, draw(st.lists(numbers, min_size=1, max_size=4))))
    pre = draw(st.one_of(st.just(""), st.builds("{}{}".format, st.sampled_from(["a", "b", "rc"]), numbers)))
    post, dev = draw(optional), draw(optional)
    local = draw(st.sampled_from(["", "", "+local.1"]))
    ends = (f".post{post}" if post is not None else "") + (f".dev{dev}" if dev is not None else "")
    return f"{epoch}{release}{pre}{ends}{local}"


semver_versions = st.builds(
    "{}.{}.{}{}".format,
    numbers,
    numbers,
    numbers,
    st.sampled_from(["", "", "-rc.1", "-beta", "-alpha.2.x", "-rc09", "-7", "-beta.1+build.2"]),
)
patterns = st.sampled_from(
    [
        "YYYY.0M.MICRO",
        "YY.MM.INC0",
        "GGGG.0V.INC1",
        "MAJOR.YYYY.MINOR.PATCH",
        "YYYY0M.BUILD",
        "YYYY.MINOR[.PATCH]",
    ]
)
plain_strategies: st.SearchStrategy[Strategy] = st.sampled_from(
    ["default", "always-patch", "always-minor", "always-major", "prerelease"]
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Number, Versioning]:
    scheme = draw(st.sampled_from(["pep440", "semver", "calver"]))
    train = draw(st.sampled_from(["", "a", "rc", "dev", *([] if scheme == "semver" else ["post"])]))
    rules = Versioning(
        scheme=scheme,
        strategy=draw(plain_strategies),
        train=train,
        graduates=draw(st.booleans()),
        pattern=draw(patterns) if scheme == "calver" else "",
    )
    if scheme != "calver":
        text = draw(pep440_versions() if scheme == "pep440" else semver_versions)
        return reader(rules, TODAY)(text), rules
    from tagboat.planner.versions.calver import first  # noqa: PLC0415

    before = first(rules.pattern, TODAY - timedelta(days=draw(st.integers(-40, 800))))
    suffix = draw(st.sampled_from(["", "", "rc1", "a3", ".dev2", ".post1"]))
    return reader(rules, TODAY)(before.text + suffix), rules


@settings(max_examples=300)
@given(cases(), levels)
def test_the_next_version_is_above_the_last(case: tuple[Number, Versioning], level: Level) -> None:
    last, rules = case
    assert following(last, level, rules).key > last.key


@settings(max_examples=300)
@given(cases(), levels, levels)
def test_a_higher_level_never_gives_a_lower_version(
    case: tuple[Number, Versioning], one: Level, other: Level
) -> None:
    last, rules = case
    low, high = sorted([one, other])
    assert following(last, low, rules).key <= following(last, high, rules).key


@settings(max_examples=200)
@given(pep440_versions(), levels, st.sampled_from(["", "beta", "c", "dev", "post"]))
def test_pep_440_versions_are_in_normal_form(last: str, level: Level, train: str) -> None:
    for strategy in ("default", "prerelease", "service-pack"):
        rules = Versioning(strategy=strategy, train=train)  # type: ignore[arg-type]  # the words of the literal
        text = following(reader(rules, TODAY)(last), level, rules).text
        assert text == str(Version(text))
        assert Version(text) > Version(last)


@given(pep440_versions())
def test_a_pep_440_version_survives_reading(text: str) -> None:
    assert reader(Versioning(), TODAY)(text).text == str(Version(text))


@given(semver_versions)
def test_a_semver_version_survives_reading(text: str) -> None:
    assert reader(Versioning(scheme="semver"), TODAY)(text).text == text


kinds = st.sampled_from(["feat", "fix", "docs", "Feat", ""])
changes = st.lists(
    st.builds(
        Change,
        st.just("c"),
        kinds,
        st.just(""),
        st.just("x"),
        st.sampled_from([(), (), ("gone",)]),
        release_as=st.just(""),
    ),
    min_size=1,
    max_size=6,
)


@given(changes, st.randoms(use_true_random=False), st.sampled_from(["0.4.0", "1.2.3", "2.0.0rc1"]))
def test_the_order_of_changes_does_not_matter(found: list[Change], random: object, last: str) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random
    one, other = (decide(last, some, Versioning(), today=TODAY) for some in (found, shuffled))
    assert (one.version, one.level) == (other.version, other.level)


@given(changes, st.lists(pep440_versions(), max_size=5), st.integers(0, 6), st.sampled_from(["", "rc"]))
def test_a_taken_version_is_never_returned(
    found: list[Change], others: list[str], more: int, train: str
) -> None:
    rules = Versioning(train=train)
    taken = list(others)
    for _ in range(more):
        taken.append(decide("1.2.3", found, rules, today=TODAY, taken=taken).version)
    version = decide("1.2.3", found, rules, today=TODAY, taken=taken).version
    assert Version(version) not in {Version(text) for text in taken}
    assert Version(version) > Version("1.2.3")


@given(
    st.sampled_from(["pep440", "semver"]),
    st.tuples(numbers, numbers, numbers),
    st.lists(levels, min_size=1, max_size=6),
    st.lists(st.sampled_from(["a", "b", "rc"]), min_size=6, max_size=6).map(sorted),
)
def test_a_train_ends_in_the_final_version_that_its_changes_ask_for(
    scheme: str, start: tuple[int, int, int], moves: list[Level], words: list[str]
) -> None:
    read = reader(Versioning(scheme=scheme), TODAY)  # type: ignore[arg-type]  # the words of the literal
    first = last = read(".".join(map(str, start)))
    for level, word in zip(moves, words, strict=False):
        last = trains.following(last, level, word)
        assert last.is_prerelease
    end = trains.following(last, Level.PATCH, "")
    assert end == last.final() == first.moved(max(moves))


@given(patterns, st.lists(st.tuples(st.integers(0, 40), levels), min_size=1, max_size=8))
def test_calendar_versions_rise_with_time_for_pep_440_too(
    pattern: str, steps: list[tuple[int, Level]]
) -> None:
    day = TODAY
    rules = Versioning(scheme="calver", pattern=pattern)
    last = ""
    for days, level in steps:
        day += timedelta(days=days)
        found = [Change("c", {Level.MINOR: "feat"}.get(level, "fix"), "", "x")]
        version = decide(last, found, rules, today=day).version
        assert not last or Version(version) > Version(last)
        last = str(Version(version))


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_of_a_person_stops_planning(footer: str, configured: str) -> None:
    found = [Change("c", "fix", "", "x", release_as=footer)]
    decision = decide("1.2.3", found, Versioning(release_as=configured), today=TODAY)
    assert Version(decision.version) > Version("1.2.3")
