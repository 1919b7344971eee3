"""The policy file: what it says, and one clear line for every file that cannot be used."""

from datetime import timedelta
from pathlib import Path

import pytest

from infra.local.people import ANALYST, NORTH_CHANNEL, NORTH_TEAM, OUTSIDER
from storage.enums import OutcomeCode, Rank, RecordsRoute, TaskKind
from tasking.policy import Policy, PolicyError, RecordsPolicy, load_policy
from tests.support.units import POLICY

DISTRICT = '[[districts]]\nid = "north"\nname = "North"\nteam_id = "t"\nboard_channel_id = "c"\n'
GROUP = '[[groups]]\ngroup_id = "g"\nrole = "SUPERVISOR"\ndistrict = "north"\n'


def test_the_local_policy_is_whole() -> None:
    assert [district.id for district in POLICY.districts] == ["north", "south"]
    assert POLICY.undo_window == timedelta(minutes=10)
    assert POLICY.district("north").name == "North team"


def test_a_district_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        POLICY.district("west")


def test_the_board_of_a_district_that_is_not_there_has_no_channel() -> None:
    assert POLICY.board_channel("north") == NORTH_CHANNEL
    assert POLICY.board_channel("west") is None


def test_a_channel_is_a_districts_by_its_board_or_by_the_list() -> None:
    for channel in (NORTH_CHANNEL, NORTH_TEAM):
        district = POLICY.district_of_channel(channel)
        assert district and district.id == "north"
    assert POLICY.district_of_channel("19:some-other@thread.tacv2") is None


def test_rank_is_by_policy_and_else_constable() -> None:
    assert POLICY.rank_of(ANALYST.entra_id) == Rank.STAFF
    assert POLICY.rank_of(OUTSIDER.entra_id) == Rank.PC


def test_the_code_decides_the_way_to_athena_then_the_kind_then_the_default() -> None:
    sends, by_hand = RecordsRoute.REDLINE_SENDS, RecordsRoute.KEYED_BY_HAND
    rules = RecordsPolicy(
        default=sends,
        by_code={OutcomeCode.ARRESTED: by_hand, OutcomeCode.DONE: sends},
        by_kind={TaskKind.GENERAL_ACTION: by_hand},
    )
    assert rules.route(TaskKind.COMPLIANCE_VISIT, OutcomeCode.NO_ANSWER) == sends
    assert rules.route(TaskKind.COMPLIANCE_VISIT, OutcomeCode.ARRESTED) == by_hand
    assert rules.route(TaskKind.GENERAL_ACTION, OutcomeCode.NOT_POSSIBLE) == by_hand
    assert rules.route(TaskKind.GENERAL_ACTION, OutcomeCode.DONE) == sends


def test_a_small_file_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(DISTRICT + GROUP)
    policy = load_policy(path)
    assert isinstance(policy, Policy)
    assert (policy.undo_minutes, policy.reminder_repeat_hours, policy.visits) == (10, 24, {})


BAD = {
    "not TOML": ("undo_minutes = = 3", "not TOML"),
    "no districts": (GROUP, "districts"),
    "unknown key": (f"undo_minute = 3\n{DISTRICT}{GROUP}", "undo_minute"),
    "unknown district": (DISTRICT + GROUP.replace("north", "west"), "unknown districts: west"),
    "unknown role": (DISTRICT + GROUP.replace("SUPERVISOR", "KING"), "role"),
    "too long to undo": (f"undo_minutes = 61\n{DISTRICT}{GROUP}", "undo_minutes"),
    "no time to undo": (f"undo_minutes = 0\n{DISTRICT}{GROUP}", "undo_minutes"),
    "visit every nought hours": (
        f"{DISTRICT}{GROUP}[visits.DVPO]\nfirst_within_hours = 1\nevery_hours = 0\n",
        "every_hours",
    ),
    "unknown order type": (
        f"{DISTRICT}{GROUP}[visits.DVPX]\nfirst_within_hours = 1\nevery_hours = 1\n",
        "DVPX",
    ),
    "wrong type": (f'undo_minutes = "ten"\n{DISTRICT}{GROUP}', "undo_minutes"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_used_gives_one_line_that_says_where(tmp_path: Path, name: str) -> None:
    text, where = BAD[name]
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    line = str(caught.value)
    assert str(path) in line
    assert where in line
    assert "\n" not in line


def test_a_file_that_is_missing_a_folder_or_no_text_gives_one_line(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "absent.toml", tmp_path, tmp_path / "bytes.toml"):
        with pytest.raises(PolicyError) as caught:
            load_policy(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


SECOND = DISTRICT.replace("north", "south").replace('"c"', '"d"')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = " + "[" * 5000, "nested too deeply"),
        ("undo_minutes = " + "9" * 5000, "cannot be read"),
        ("undo_minutes = nan\n" + DISTRICT + GROUP, "undo_minutes"),
        ("default_due_hours = 9999999999\n" + DISTRICT + GROUP, "default_due_hours"),
        ("reminder_repeat_hours = 9999999999\n" + DISTRICT + GROUP, "reminder_repeat_hours"),
        (
            DISTRICT + GROUP + "[visits.DVPO]\nfirst_within_hours = 1\nevery_hours = 999999999999",
            "every_hours",
        ),
        (DISTRICT + DISTRICT + GROUP, "a district is listed twice"),
        (DISTRICT + SECOND.replace('"d"', '"c"') + GROUP, "a channel is listed twice"),
        (DISTRICT + GROUP + 2 * '[[people]]\nentra_id = "p"\n', "a person is listed twice"),
    ],
)
def test_what_would_only_fail_later_is_one_line_too(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "policy.toml").write_text(text)
    with pytest.raises(PolicyError) as problem:
        load_policy(tmp_path / "policy.toml")
    assert words in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_name_that_no_file_can_have_is_one_line() -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy(Path("a\0b"))


def test_a_file_saved_by_windows_is_read(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_bytes(("\ufeff" + DISTRICT + SECOND + GROUP).encode())
    assert len(load_policy(tmp_path / "policy.toml").districts) == 2
