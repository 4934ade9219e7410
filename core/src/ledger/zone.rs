//! The days of a time zone: at a fixed offset, or by a name of the system's tzdata.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone, db};

use crate::error::{Error, Result};

/// The largest offset from UTC that a place has, in hours.
const MAX_OFFSET: u8 = 14;

#[derive(Clone, Debug)]
pub(crate) struct Zone(TimeZone);

impl Zone {
    /// The zone of `UTC`, an offset such as `+03:00`, or a name such as `Europe/Moscow`. `field` is
    /// what an error names.
    pub(crate) fn named(name: &str, field: &str) -> Result<Self> {
        if name == "UTC" {
            return Ok(Self(TimeZone::UTC));
        }
        if name.starts_with(['+', '-']) {
            let message = format!("{field}: write an offset as +03:00");
            return offset(name).ok_or_else(|| Error::invalid_argument(field, "format", message));
        }
        let found = db().get(name).map(Self);
        found.map_err(|_| {
            if db().is_definitively_empty() {
                return Error::configuration(format!(
                    "{field}: this machine has no tzdata: install it, or pass an offset such as +03:00"
                ));
            }
            let message = format!(
                "{field}: tzdata has no such zone: pass a name such as Europe/Moscow, or an offset such as +03:00"
            );
            Error::invalid_argument(field, "unknown", message)
        })
    }

    /// The day of this time: its first millisecond since 1970, and that of the next day.
    pub(crate) fn day(&self, now_ms: i64) -> (i64, i64) {
        let day = self.date(now_ms).and_then(|date| {
            let next = date.tomorrow().ok()?;
            Some((self.start_of(date)?, self.start_of(next)?))
        });
        // A clock outside the calendar: then everything counts.
        day.unwrap_or((i64::MIN, i64::MAX))
    }

    /// The starts of the days around this time, in their order: for a clock that may differ from
    /// this machine's by two days at most.
    #[cfg(feature = "postgresql")]
    pub(super) fn days_around(&self, now_ms: i64) -> Vec<i64> {
        let first = self.date(now_ms).and_then(|date| {
            let yesterday = date.yesterday().ok()?;
            yesterday.yesterday().ok()
        });
        let days = std::iter::successors(first, |date| date.tomorrow().ok());
        days.take(6)
            .filter_map(|date| self.start_of(date))
            .collect()
    }

    fn date(&self, now_ms: i64) -> Option<Date> {
        let now = Timestamp::from_millisecond(now_ms).ok()?;
        Some(now.to_zoned(self.0.clone()).date())
    }

    /// Midnight, or the first moment after it where the clocks skip it.
    fn start_of(&self, date: Date) -> Option<i64> {
        let start = date.to_zoned(self.0.clone()).ok()?;
        Some(start.timestamp().as_millisecond())
    }
}

/// Reads `[+-]HH:MM`.
fn offset(text: &str) -> Option<Zone> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let number = |text: &str| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<u8>().ok())?
    };
    let (hours, minutes) = digits.split_once(':')?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    if hours > MAX_OFFSET || minutes > 59 {
        return None;
    }
    let seconds = (i32::from(hours) * 60 + i32::from(minutes)) * 60;
    let offset = Offset::from_seconds(sign * seconds).ok()?;
    Some(Zone(TimeZone::fixed(offset)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    const HOUR: i64 = 60 * 60 * 1000;

    fn zone(name: &str) -> Zone {
        Zone::named(name, "zone").unwrap()
    }

    fn ms(time: &str) -> i64 {
        time.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn a_day_starts_at_midnight_of_the_zone() {
        let last = ms("2026-03-28T20:59:59.999Z");
        for name in ["+03:00", "Europe/Moscow"] {
            let (start, end) = zone(name).day(last);
            assert_eq!((start, end), (ms("2026-03-27T21:00:00Z"), last + 1));
            assert_eq!(zone(name).day(end), (end, end + 24 * HOUR));
        }
        assert_eq!(zone("UTC").day(last).0, ms("2026-03-28T00:00:00Z"));
        assert_eq!(zone("-00:30").day(last).0, ms("2026-03-28T00:30:00Z"));
    }

    #[test]
    fn a_day_has_23_or_25_hours_when_the_clocks_change() {
        let berlin = zone("Europe/Berlin");
        for (noon, start, hours) in [
            ("2026-03-29T10:00:00Z", "2026-03-28T23:00:00Z", 23),
            ("2026-10-25T11:00:00Z", "2026-10-24T22:00:00Z", 25),
            ("2026-10-26T11:00:00Z", "2026-10-25T23:00:00Z", 24),
        ] {
            let start = ms(start);
            assert_eq!(berlin.day(ms(noon)), (start, start + hours * HOUR));
        }
        // In Beirut the clocks skip midnight.
        let (start, end) = zone("Asia/Beirut").day(ms("2026-03-29T10:00:00Z"));
        assert_eq!(
            (start, end - start),
            (ms("2026-03-28T22:00:00Z"), 23 * HOUR)
        );
    }

    #[test]
    fn a_zone_that_cannot_be_read_is_an_error() {
        for (name, reason) in [
            ("+3:00", "format"),
            ("+03", "format"),
            ("+03:60", "format"),
            ("-15:00", "format"),
            ("+é", "format"),
            ("", "unknown"),
            ("Europe/Nowhere", "unknown"),
            ("../zoneinfo/UTC", "unknown"),
        ] {
            let error = Zone::named(name, "limits.zone").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{name}");
            assert_eq!(
                (error.field(), error.reason()),
                (Some("limits.zone"), Some(reason))
            );
        }
    }

    #[test]
    fn a_clock_outside_the_calendar_is_one_day() {
        assert_eq!(zone("UTC").day(i64::MAX), (i64::MIN, i64::MAX));
    }
}
