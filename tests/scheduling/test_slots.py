"""Slot arithmetic, without a database. Instants are seconds since the epoch; small ones stand for a plain day."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import slots
from scheduling.slots import DAY, Hours, Interval, Reason, Rules

MINUTE = 60
HOUR = 3600
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
NEW_YORK = ZoneInfo("America/New_York")
LISBON = ZoneInfo("Europe/Lisbon")
AZORES = ZoneInfo("Atlantic/Azores")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
KOLKATA = ZoneInfo("Asia/Kolkata")

CLOCK_CHANGES = [
    (SAO_PAULO, date(2018, 2, 17)),
    (SAO_PAULO, date(2018, 11, 4)),
    (NEW_YORK, date(2026, 3, 8)),
    (NEW_YORK, date(2026, 11, 1)),
    (LISBON, date(2026, 3, 29)),
    (LISBON, date(2026, 10, 25)),
    (AZORES, date(2026, 3, 29)),
    (AZORES, date(2026, 10, 25)),
    (LORD_HOWE, date(2026, 4, 5)),
    (LORD_HOWE, date(2026, 10, 4)),
]
ALL_DAY = [Hours(0, DAY, weekday) for weekday in range(7)]


def rules(length: int = HOUR, *, step: int = 30 * MINUTE, before: int = 0, after: int = 0, **limits: int) -> Rules:
    return Rules(length, before, after, step, limits.get("earliest", 0), limits.get("latest", 2**40))


def hours(opens: str, closes: str, weekday: int | None = None, day: date | None = None) -> Hours:
    return Hours(seconds(opens), seconds(closes), weekday, day)


def seconds(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * HOUR + int(minute) * MINUTE


def clocks(moments: list[int], zone: ZoneInfo) -> list[str]:
    return [f"{slots.wall(moment, zone):%H:%M}" for moment in moments]


def local(text: str, zone: ZoneInfo) -> int:
    return slots.instant(datetime.fromisoformat(text), zone)


def listed(zone: ZoneInfo, day: date, rows: list[Hours], **changes: int) -> list[int]:
    return list(slots.starts(slots.openings(rows, [day], zone), [], rules(**changes)))


def brute_starts(open_time: list[Interval], busy: list[Interval], asked: Rules) -> list[int]:
    """The same as `slots.starts`, minute by minute, for data on whole minutes."""
    opened = {minute for start, end in open_time for minute in range(start, end, MINUTE)}
    taken = {minute for start, end in busy for minute in range(start, end, MINUTE)}
    found = []
    for opens, closes in open_time:
        for start in range(opens, closes, MINUTE):
            own = set(range(start, start + asked.length, MINUTE))
            padded = set(range(start - asked.before, start + asked.length + asked.after, MINUTE))
            on_grid = (start - opens) % asked.step == 0
            if on_grid and own <= opened and not padded & taken and asked.earliest <= start <= asked.latest:
                found.append(start)
    return found


minutes = st.integers(0, 1200).map(lambda n: n * MINUTE)
intervals = st.lists(
    st.tuples(minutes, st.integers(1, 300)).map(lambda pair: (pair[0], pair[0] + pair[1] * MINUTE)), max_size=6
)
some_rules = st.builds(
    Rules,
    length=st.integers(5, 120).map(lambda n: n * MINUTE),
    before=st.integers(0, 30).map(lambda n: n * MINUTE),
    after=st.integers(0, 30).map(lambda n: n * MINUTE),
    step=st.integers(5, 90).map(lambda n: n * MINUTE),
    earliest=minutes,
    latest=minutes.map(lambda n: n + 900 * MINUTE),
)


@st.composite
def touching(draw: st.DrawFn) -> list[Interval]:
    """Open time that may touch, as two days do at midnight, but does not overlap."""
    edges = sorted(draw(st.sets(minutes, min_size=2, max_size=7)))
    return [pair for pair in pairwise(edges) if draw(st.booleans())]


class TestInstant:
    def test_a_plain_time_has_its_zone_s_offset(self) -> None:
        assert local("2026-11-20 09:00", SAO_PAULO) == local("2026-11-20 12:00", ZoneInfo("UTC"))

    def test_a_zone_of_half_an_hour_keeps_it(self) -> None:
        assert local("2026-11-20 09:00", KOLKATA) == local("2026-11-20 03:30", ZoneInfo("UTC"))

    @pytest.mark.parametrize("clock", ["00:00", "00:30", "00:59"])
    def test_midnight_that_sao_paulo_skipped_is_one_o_clock(self, clock: str) -> None:
        """T1"""
        assert local(f"2018-11-04 {clock}", SAO_PAULO) == local("2018-11-04 01:00", SAO_PAULO)

    def test_an_hour_that_comes_twice_is_its_first_occurrence(self) -> None:
        """T2"""
        first = local("2019-02-16 23:30", SAO_PAULO)
        assert slots.wall(first, SAO_PAULO).utcoffset() == timedelta(hours=-2)
        assert clocks([first + HOUR], SAO_PAULO) == ["23:30"]

    def test_carnival_week_of_2012_was_still_summer_time(self) -> None:
        """T3"""
        assert slots.wall(local("2012-02-25 12:00", SAO_PAULO), SAO_PAULO).utcoffset() == timedelta(hours=-2)
        assert slots.wall(local("2012-02-26 12:00", SAO_PAULO), SAO_PAULO).utcoffset() == timedelta(hours=-3)

    def test_gap_and_overlap_of_new_york(self) -> None:
        """T4"""
        assert local("2026-03-08 02:30", NEW_YORK) == local("2026-03-08 03:00", NEW_YORK)
        assert slots.wall(local("2026-11-01 01:30", NEW_YORK), NEW_YORK).utcoffset() == timedelta(hours=-4)

    def test_gap_and_overlap_of_lisbon(self) -> None:
        """T5"""
        assert local("2026-03-29 01:30", LISBON) == local("2026-03-29 02:00", LISBON)
        assert slots.wall(local("2026-10-25 01:30", LISBON), LISBON).utcoffset() == timedelta(hours=1)

    def test_a_gap_of_half_an_hour_ends_after_half_an_hour(self) -> None:
        assert local("2026-10-04 02:10", LORD_HOWE) == local("2026-10-04 02:30", LORD_HOWE)

    def test_a_day_that_samoa_skipped_is_the_next_one(self) -> None:
        apia = ZoneInfo("Pacific/Apia")
        assert local("2011-12-30 15:00", apia) == local("2011-12-31 00:00", apia)

    @given(
        st.datetimes(datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2035-01-01")),
        st.sampled_from([SAO_PAULO, NEW_YORK, LISBON, AZORES, LORD_HOWE, KOLKATA]),
    )
    def test_wall_brings_every_existing_time_back(self, moment: datetime, zone: ZoneInfo) -> None:
        moment = moment.replace(microsecond=0)
        there_and_back = slots.wall(slots.instant(moment, zone), zone).replace(tzinfo=None)
        assert there_and_back >= moment
        skipped = moment.replace(tzinfo=zone).utcoffset() != moment.replace(tzinfo=zone, fold=1).utcoffset()
        assert there_and_back == moment or skipped

    @given(st.sampled_from(CLOCK_CHANGES), st.integers(0, DAY), st.integers(0, 4 * HOUR))
    def test_later_on_the_wall_is_never_earlier_in_time(
        self, change: tuple[ZoneInfo, date], start: int, more: int
    ) -> None:
        zone, day = change
        midnight = datetime.combine(day, time())
        earlier = slots.instant(midnight + timedelta(seconds=start), zone)
        assert earlier <= slots.instant(midnight + timedelta(seconds=start + more), zone)


class TestOpenings:
    def test_only_the_weekday_s_hours_count(self) -> None:
        rows = [hours("09:00", "12:00", weekday=0), hours("10:00", "11:00", weekday=1)]
        monday = date(2026, 11, 16)
        assert clocks([moment for pair in slots.openings(rows, [monday], SAO_PAULO) for moment in pair], SAO_PAULO) == [
            "09:00",
            "12:00",
        ]

    def test_hours_of_a_date_replace_the_weekday_s(self) -> None:
        monday = date(2026, 11, 16)
        rows = [hours("09:00", "12:00", weekday=0), hours("15:00", "16:00", day=monday)]
        assert slots.openings(rows, [monday], SAO_PAULO) == [
            (local("2026-11-16 15:00", SAO_PAULO), local("2026-11-16 16:00", SAO_PAULO))
        ]

    def test_a_closed_day_has_no_weekly_hours(self) -> None:
        monday = date(2026, 11, 16)
        assert slots.openings([hours("09:00", "12:00", weekday=0)], [monday], SAO_PAULO, closed={monday}) == []

    def test_hours_of_a_date_open_a_closed_day(self) -> None:
        monday = date(2026, 11, 16)
        rows = [hours("09:00", "12:00", weekday=0), hours("09:00", "10:00", day=monday)]
        assert len(slots.openings(rows, [monday], SAO_PAULO, closed={monday})) == 1

    def test_overlapping_rows_of_a_day_are_one_opening(self) -> None:
        rows = [hours("09:00", "12:00", weekday=0), hours("11:00", "15:00", weekday=0)]
        assert len(slots.openings(rows, [date(2026, 11, 16)], SAO_PAULO)) == 1

    def test_weekly_nine_o_clock_stays_nine_o_clock_over_a_clock_change(self) -> None:
        """T9"""
        rows = [hours("09:00", "10:00", weekday=0)]
        before, after = (slots.openings(rows, [day], NEW_YORK)[0][0] for day in (date(2026, 3, 2), date(2026, 3, 9)))
        assert clocks([before, after], NEW_YORK) == ["09:00", "09:00"]
        assert after - before == 7 * DAY - HOUR

    def test_a_day_whose_midnight_is_skipped_begins_at_one(self) -> None:
        """T6"""
        assert clocks(listed(AZORES, date(2026, 3, 29), ALL_DAY, step=HOUR)[:2], AZORES) == ["01:00", "02:00"]

    def test_closing_at_midnight_is_the_end_of_the_day(self) -> None:
        assert clocks(listed(SAO_PAULO, date(2026, 11, 16), [hours("22:00", "24:00", 0)]), SAO_PAULO) == [
            "22:00",
            "22:30",
            "23:00",
        ]


class TestClockChanges:
    @pytest.mark.parametrize(("zone", "day"), CLOCK_CHANGES)
    def test_the_grid_has_no_ghost_hour_and_misses_none(self, zone: ZoneInfo, day: date) -> None:
        """T7"""
        found = listed(zone, day, ALL_DAY, length=30 * MINUTE)
        length = local(f"{day + timedelta(days=1)}", zone) - local(f"{day}", zone)
        assert length != DAY
        assert found == [local(f"{day}", zone) + n * 1800 for n in range(length // 1800)]
        assert {slots.wall(start, zone).date() for start in found} == {day}

    def test_no_start_is_offered_in_the_hour_that_new_york_skips(self) -> None:
        """T4, T7"""
        found = clocks(listed(NEW_YORK, date(2026, 3, 8), [hours("01:00", "05:00", 6)]), NEW_YORK)
        assert found == ["01:00", "01:30", "03:00", "03:30", "04:00"]

    def test_hours_inside_a_gap_open_nothing(self) -> None:
        """T1, T4"""
        assert listed(NEW_YORK, date(2026, 3, 8), [hours("02:00", "03:00", 6)], length=600) == []

    @given(st.sampled_from(CLOCK_CHANGES), st.integers(-1, 1), intervals)
    def test_openings_are_the_instants_of_their_wall_times_on_every_day(
        self, change: tuple[ZoneInfo, date], away: int, some: list[Interval]
    ) -> None:
        """T7"""
        zone, day = change[0], change[1] + timedelta(days=away)
        rows = [Hours(opens, min(closes, DAY), day=day) for opens, closes in some]
        midnight = datetime.combine(day, time())
        assert slots.openings(rows, [day], zone) == slots.merge(
            (
                slots.instant(midnight + timedelta(seconds=row.opens), zone),
                slots.instant(midnight + timedelta(seconds=row.closes), zone),
            )
            for row in rows
        )


class TestMergeAndSubtract:
    def test_touching_intervals_become_one(self) -> None:
        assert slots.merge([(5, 8), (0, 5), (7, 9), (20, 20)]) == [(0, 9)]

    def test_a_hole_in_the_middle_leaves_both_sides(self) -> None:
        assert slots.subtract([(0, 10)], [(3, 5)]) == [(0, 3), (5, 10)]

    @given(intervals, intervals)
    def test_subtract_keeps_exactly_the_time_outside(self, some: list[Interval], others: list[Interval]) -> None:
        left = slots.subtract(slots.merge(some), slots.merge(others))
        kept = {n for start, end in left for n in range(start, end, MINUTE)}
        wanted = {n for start, end in some for n in range(start, end, MINUTE)}
        assert kept == wanted - {n for start, end in others for n in range(start, end, MINUTE)}
        assert left == sorted(left)

    @given(intervals)
    def test_merge_keeps_the_time_and_neither_overlaps_nor_touches(self, some: list[Interval]) -> None:
        merged = slots.merge(some)
        assert all(earlier[1] < later[0] for earlier, later in pairwise(merged))
        assert {n for start, end in merged for n in range(start, end, MINUTE)} == {
            n for start, end in some for n in range(start, end, MINUTE)
        }


class TestStarts:
    def test_the_last_start_leaves_room_for_the_whole_length(self) -> None:
        assert list(slots.starts([(0, 2 * HOUR)], [], rules())) == [0, 1800, 3600]

    def test_adjacent_to_a_busy_time_is_free(self) -> None:
        """D2"""
        assert list(slots.starts([(0, 3 * HOUR)], [(HOUR, 2 * HOUR)], rules())) == [0, 2 * HOUR]

    def test_buffers_need_free_time_but_may_reach_outside_the_hours(self) -> None:
        asked = rules(before=15 * MINUTE, after=15 * MINUTE)
        assert list(slots.starts([(0, HOUR)], [], asked)) == [0]
        assert list(slots.starts([(0, HOUR)], [(HOUR + 600, 2 * HOUR)], asked)) == []
        assert list(slots.starts([(0, HOUR)], [(-HOUR, -600)], asked)) == []

    def test_the_earliest_start_stays_on_the_grid(self) -> None:
        assert next(slots.starts([(0, 3 * HOUR)], [], rules(earliest=HOUR + 1))) == HOUR + 1800

    def test_an_appointment_may_run_over_midnight_where_both_days_are_open(self) -> None:
        late, early = (22 * HOUR, DAY), (DAY, DAY + HOUR)
        found = list(slots.starts([late, early], [], rules(length=2 * HOUR)))
        assert found == [22 * HOUR, 22 * HOUR + 1800, 23 * HOUR]

    @given(touching(), intervals, some_rules)
    def test_starts_are_those_of_a_search_minute_by_minute(
        self, open_time: list[Interval], busy: list[Interval], asked: Rules
    ) -> None:
        merged = slots.merge(busy)
        assert list(slots.starts(open_time, merged, asked)) == brute_starts(open_time, merged, asked)

    @given(touching(), intervals, some_rules, st.data())
    def test_every_offer_can_be_taken_and_the_rest_still_fits(
        self, open_time: list[Interval], busy: list[Interval], asked: Rules, data: st.DataObject
    ) -> None:
        merged = slots.merge(busy)
        taken: list[Interval] = []
        while found := list(slots.starts(open_time, merged, asked)):
            start = data.draw(st.sampled_from(found))
            new = (start, start + asked.length)
            assert not slots.overlaps(new, [*taken, *busy])
            taken.append(new)
            merged = slots.merge([*merged, (start - asked.before, start + asked.length + asked.after)])


class TestExplain:
    OPEN = [(9 * HOUR, 12 * HOUR), (13 * HOUR, 18 * HOUR)]

    def reason(self, start: int, **changes: object) -> Reason | None:
        facts: dict[str, object] = {
            "now": 0,
            "rules": rules(),
            "openings": self.OPEN,
            "off": [],
            "busy": [],
            "own": [],
            "day_is_full": False,
        }
        return slots.explain(start, **facts | changes)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("start", "changes", "expected"),
        [
            (10 * HOUR, {}, None),
            (10 * HOUR, {"now": 11 * HOUR}, Reason.PAST),
            (10 * HOUR, {"rules": rules(earliest=11 * HOUR)}, Reason.MINIMUM_NOTICE),
            (10 * HOUR, {"rules": rules(latest=9 * HOUR)}, Reason.BEYOND_HORIZON),
            (10 * HOUR, {"openings": []}, Reason.DAY_OFF),
            (8 * HOUR, {}, Reason.OUTSIDE_HOURS),
            (17 * HOUR + 1800, {}, Reason.OUTSIDE_HOURS),
            (11 * HOUR + 1800, {}, Reason.BREAK),
            (10 * HOUR, {"off": [(10 * HOUR, 11 * HOUR)]}, Reason.DAY_OFF),
            (10 * HOUR, {"busy": [(10 * HOUR, 11 * HOUR)]}, Reason.SLOT_TAKEN),
            (
                10 * HOUR,
                {"busy": [(10 * HOUR, 11 * HOUR)], "own": [(10 * HOUR, 11 * HOUR)]},
                Reason.OWN_APPOINTMENT,
            ),
            (10 * HOUR, {"day_is_full": True}, Reason.DAILY_LIMIT),
            (10 * HOUR + 600, {}, Reason.OFF_GRID),
        ],
    )
    def test_each_reason_has_its_case(self, start: int, changes: dict[str, object], expected: Reason | None) -> None:
        assert self.reason(start, **changes) == expected

    def test_a_buffer_that_is_taken_makes_the_slot_taken(self) -> None:
        assert self.reason(10 * HOUR, rules=rules(after=1800), busy=[(11 * HOUR, 12 * HOUR)]) == Reason.SLOT_TAKEN
