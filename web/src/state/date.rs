//! Days, as people write them, and Unix seconds.

/// The day of a time in Unix seconds, in UTC, as `2026-11-22`.
#[must_use]
pub fn date(seconds: u64) -> String {
    let (year, month, day) = civil(i64::try_from(seconds / DAY).unwrap_or(0));
    format!("{year:04}-{month:02}-{day:02}")
}

/// The last second of a day, in UTC; none if it is no day.
#[must_use]
pub fn seconds(date: &str) -> Option<u64> {
    let mut parts = date.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let days = days(year, month, day);
    if !(1970..=9999).contains(&year) || civil(days) != (year, month, day) {
        return None;
    }
    Some((u64::try_from(days).ok()? + 1) * DAY - 1)
}

const DAY: u64 = 86_400;

/// Days since 1970 of a Gregorian date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The Gregorian date of days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{date, seconds};

    #[test]
    fn days_and_seconds() {
        for (day, last) in [
            ("1970-01-01", 86_399),
            ("2000-02-29", 951_868_799),
            ("2026-11-22", 1_795_391_999),
        ] {
            assert_eq!(seconds(day), Some(last));
            assert_eq!(date(last), day);
        }
        for none in [
            "",
            "2026",
            "2026-13-01",
            "2026-02-30",
            "1969-12-31",
            "10000-01-01",
            "a-b-c",
            "2026-1-1-1",
        ] {
            assert_eq!(seconds(none), None, "{none}");
        }
    }
}
