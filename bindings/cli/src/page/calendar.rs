//! Times as a page shows them, in UTC. A time that no calendar of four digits has is empty.

use time::OffsetDateTime;

/// Whether the calendar has this time, in milliseconds since 1970.
pub(super) fn has(ms: i64) -> bool {
    !day(ms).is_empty()
}

/// `2026-11-30 12:23:59`.
pub(super) fn second(ms: i64) -> String {
    text(ms, 0, 19)
}

/// `11-30 12:23`.
pub(super) fn minute_of_year(ms: i64) -> String {
    text(ms, 5, 16)
}

/// `2026-11-30`.
pub(super) fn day(ms: i64) -> String {
    text(ms, 0, 10)
}

/// `12:23:59`.
pub(super) fn second_of_day(ms: i64) -> String {
    text(ms, 11, 19)
}

/// `12:23`.
pub(super) fn minute_of_day(ms: i64) -> String {
    text(ms, 11, 16)
}

fn text(ms: i64, start: usize, end: usize) -> String {
    let Ok(moment) = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)) else {
        return String::new();
    };
    let (hour, minute, second) = moment.to_hms();
    let text = format!("{} {hour:02}:{minute:02}:{second:02}", moment.date());
    text.get(start..end).unwrap_or_default().to_owned()
}
