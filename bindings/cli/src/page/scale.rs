//! The axis of time of a chart.

use super::calendar;

const DAY: i64 = 86_400;

/// How long the time of a bar can be, in seconds. The longest is 52 weeks.
const STEPS: [i64; 24] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
    172_800, 604_800, 1_209_600, 2_419_200, 7_862_400, 31_449_600,
];

const MOST_BARS: i64 = 40;
const LEAST_BARS: i64 = 12;

/// The bars of a chart, all of the same time.
pub(super) struct Scale {
    /// The first bar, counted in steps since 1970.
    first: i64,
    pub(super) bars: i64,
    /// The time of a bar, in seconds.
    step: i64,
}

impl Scale {
    pub(super) fn of(orders: &[(i64, &str)]) -> Option<Self> {
        let seconds = orders.iter().map(|(ms, _)| ms.div_euclid(1000));
        let (start, end) = (seconds.clone().min()?, seconds.max()?);
        let span = end - start;
        let step = STEPS.into_iter().find(|step| span / step < MOST_BARS);
        let step = step.unwrap_or((span / MOST_BARS / DAY + 1) * DAY);
        let first = start.div_euclid(step);
        let used = end.div_euclid(step) - first + 1;
        let bars = used.max(LEAST_BARS);
        Some(Self {
            first: first - (bars - used) / 2,
            bars,
            step,
        })
    }

    pub(super) fn bar(&self, ms: i64) -> i64 {
        ms.div_euclid(1000).div_euclid(self.step) - self.first
    }

    fn ms(&self, bar: i64) -> i64 {
        (self.first + bar) * self.step * 1000
    }

    fn days(&self) -> (String, String) {
        let last = self.ms(self.bars) - 1;
        (calendar::day(self.ms(0)), calendar::day(last))
    }

    /// When a bar begins.
    pub(super) fn time(&self, bar: i64) -> String {
        let ms = self.ms(bar);
        let (first, last) = self.days();
        if self.step % DAY == 0 {
            calendar::day(ms)
        } else if self.step % 60 != 0 {
            calendar::second_of_day(ms)
        } else if first == last {
            calendar::minute_of_day(ms)
        } else {
            calendar::minute_of_year(ms)
        }
    }

    pub(super) fn caption(&self) -> String {
        let (first, last) = self.days();
        let period = if first == last {
            first
        } else {
            format!("{first} to {last}")
        };
        let units = [(DAY, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
        let unit = units.iter().find(|(length, _)| self.step % length == 0);
        let (length, name) = unit.unwrap_or(&(1, "second"));
        let bar = match self.step / length {
            1 => format!("1 {name}"),
            number => format!("{number} {name}s"),
        };
        format!("{period}, UTC. One bar is {bar}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-30 12:00:00.
    const NOON: i64 = 1_796_040_000_000;
    const HOUR: i64 = 3_600_000;

    fn scale(first: i64, last: i64) -> Scale {
        Scale::of(&[(last, "accepted"), (first, "unknown")]).unwrap()
    }

    #[test]
    fn every_time_is_in_a_bar_of_a_round_length() {
        for (span, step, caption) in [
            (0, 1, "2026-11-30, UTC. One bar is 1 second."),
            (HOUR, 120, "2026-11-30, UTC. One bar is 2 minutes."),
            (11 * HOUR, 1800, "2026-11-30, UTC. One bar is 30 minutes."),
            (
                36 * HOUR,
                3600,
                "2026-11-30 to 2026-12-02, UTC. One bar is 1 hour.",
            ),
            (
                30 * 24 * HOUR,
                DAY,
                "2026-11-30 to 2026-12-30, UTC. One bar is 1 day.",
            ),
            (
                100 * 365 * 24 * HOUR,
                913 * DAY,
                "2024-12-29 to 2127-06-25, UTC. One bar is 913 days.",
            ),
        ] {
            let scale = scale(NOON, NOON + span);
            assert_eq!((scale.step, scale.caption().as_str()), (step, caption));
            assert!((LEAST_BARS..=MOST_BARS + 1).contains(&scale.bars));
            for ms in [NOON, NOON + span] {
                let bar = scale.bar(ms);
                assert!((0..scale.bars).contains(&bar), "{span}: {bar}");
                assert!((scale.ms(bar)..scale.ms(bar + 1)).contains(&ms), "{span}");
            }
        }
    }

    #[test]
    fn the_labels_are_as_long_as_the_period_needs() {
        for (span, label) in [
            (0, "12:00:00"),
            (HOUR, "12:00"),
            (36 * HOUR, "11-30 12:00"),
            (30 * 24 * HOUR, "2026-11-30"),
        ] {
            let scale = scale(NOON, NOON + span);
            assert_eq!(scale.time(scale.bar(NOON)), label);
        }
    }
}
