//! The chart of a page: how many orders were created when, by state.

use std::collections::BTreeMap;

use super::calendar;
use super::scale::Scale;

/// The states from the bottom of a bar to its top: what an operator has to look into is at the
/// axis.
const STACK: [&str; 6] = [
    "unknown", "sending", "rejected", "not_sent", "released", "accepted",
];

/// From the top of the chart, in pixels.
const TOP: i64 = 28;
const AXIS: i64 = 196;

/// So that one order among thousands can be seen, in pixels.
const LEAST_HEIGHT: i64 = 2;

const TIMES: i64 = 6;
const COUNTS: i64 = 4;

/// Places across are percentages of the width, so that texts keep their size on a narrow screen.
pub(super) struct Timeline {
    pub(super) parts: Vec<Part>,
    pub(super) states: Vec<&'static str>,
    pub(super) counts: Vec<Label>,
    pub(super) times: Vec<Label>,
    /// The period, and how much of it a bar is.
    pub(super) caption: String,
    /// What the chart shows, in words.
    pub(super) description: String,
}

/// The orders of one state in a bar.
pub(super) struct Part {
    pub(super) state: &'static str,
    pub(super) x: String,
    pub(super) width: String,
    pub(super) y: String,
    pub(super) height: String,
    pub(super) text: String,
}

/// A label of an axis.
pub(super) struct Label {
    pub(super) place: String,
    pub(super) text: String,
}

impl Timeline {
    /// The chart of these times, in milliseconds since 1970, and states; nothing without any.
    pub(super) fn of(orders: &[(i64, &'static str)]) -> Option<Self> {
        let orders = orders.iter().copied();
        let orders: Vec<_> = orders.filter(|(ms, _)| calendar::has(*ms)).collect();
        let scale = Scale::of(&orders)?;
        let mut states = Counts::new();
        let mut bars = BTreeMap::<_, Counts>::new();
        for (ms, state) in orders {
            *states.entry(layer(state)).or_default() += 1;
            let bar = bars.entry(scale.bar(ms)).or_default();
            *bar.entry(layer(state)).or_default() += 1;
        }
        let most = bars.values().map(|bar| bar.values().sum()).max()?;
        let step = round_step(most);
        let top = (most + step - 1) / step * step;
        let mut parts = Vec::new();
        for (bar, counts) in &bars {
            let mut y = AXIS * 1000;
            for ((_, state), count) in counts {
                let height = (count * (AXIS - TOP) * 1000 / top).max(LEAST_HEIGHT * 1000);
                y -= height;
                parts.push(Part {
                    state,
                    x: percent((bar * 10 + 1) * 10_000 / scale.bars),
                    width: percent(80_000 / scale.bars),
                    y: thousandths(y),
                    height: thousandths(height),
                    text: format!("{}: {count} {state}", scale.time(*bar)),
                });
            }
        }
        let every = (scale.bars + TIMES - 1) / TIMES;
        let times = (0..scale.bars).filter(|bar| bar % every == every / 2);
        Some(Self {
            counts: (0..=top / step)
                .map(|place| Label {
                    place: thousandths((AXIS - place * step * (AXIS - TOP) / top) * 1000),
                    text: (place * step).to_string(),
                })
                .collect(),
            times: times
                .map(|bar| Label {
                    place: percent((bar * 10 + 5) * 10_000 / scale.bars),
                    text: scale.time(bar),
                })
                .collect(),
            states: states.keys().map(|(_, state)| *state).collect(),
            description: description(&states, most),
            caption: scale.caption(),
            parts,
        })
    }
}

/// How many orders are in each state, from the bottom of a bar to its top.
type Counts = BTreeMap<(usize, &'static str), i64>;

/// Where a state is in a bar.
fn layer(state: &'static str) -> (usize, &'static str) {
    let place = STACK.iter().position(|known| *known == state);
    (place.unwrap_or(STACK.len()), state)
}

fn description(states: &Counts, most: i64) -> String {
    let counts = states.iter();
    let counts = counts.map(|((_, state), count)| format!("{count} {state}"));
    let counts = counts.collect::<Vec<_>>().join(", ");
    format!(
        "The number of orders by the time of their creation: {counts}. The highest bar has {most}."
    )
}

/// The difference of two labels of the counts: 1, 2 or 5 times a power of ten.
fn round_step(most: i64) -> i64 {
    let mut power = 1;
    loop {
        for factor in [1, 2, 5] {
            if factor * power * COUNTS >= most {
                return factor * power;
            }
        }
        power *= 10;
    }
}

fn percent(number: i64) -> String {
    format!("{}%", thousandths(number))
}

fn thousandths(number: i64) -> String {
    format!("{}.{:03}", number / 1000, number % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-30 12:00:00.
    const NOON: i64 = 1_796_040_000_000;

    #[test]
    fn one_order_among_thousands_is_visible_at_the_axis() {
        let mut orders = vec![(NOON, "accepted"); 9999];
        orders.push((NOON, "unknown"));
        let timeline = Timeline::of(&orders).unwrap();
        let [unknown, accepted] = timeline.parts.as_slice() else {
            panic!("{} parts", timeline.parts.len());
        };
        assert_eq!(
            (unknown.state, unknown.height.as_str()),
            ("unknown", "2.000")
        );
        assert_eq!(
            (unknown.y.as_str(), unknown.text.as_str()),
            ("194.000", "12:00:00: 1 unknown")
        );
        assert_eq!(accepted.text, "12:00:00: 9999 accepted");
        let counts: Vec<_> = timeline.counts.iter().map(|label| &label.text).collect();
        assert_eq!(counts, ["0", "5000", "10000"]);
        assert_eq!(timeline.states, ["unknown", "accepted"]);
    }

    #[test]
    fn without_a_time_there_is_no_chart() {
        assert!(Timeline::of(&[]).is_none());
    }

    #[test]
    fn times_that_no_calendar_has_are_left_out() {
        let mut orders = vec![(i64::MIN, "accepted"), (i64::MAX, "accepted")];
        assert!(Timeline::of(&orders).is_none());
        orders.extend([
            (-62_135_596_800_000, "accepted"),
            (253_402_300_799_999, "unknown"),
        ]);
        assert_eq!(Timeline::of(&orders).unwrap().parts.len(), 2);
    }
}
