//! Numbers as they are read.

/// Bytes in the largest unit that fits, decimal.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub(in crate::page) fn bytes(count: usize) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..999_950 => format!("{:.1} kB", count as f64 / 1e3),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
}

/// A time, in milliseconds below a second.
pub(in crate::page) fn time(milliseconds: f64) -> String {
    match milliseconds {
        milliseconds if milliseconds < 9.95 => format!("{milliseconds:.1} ms"),
        milliseconds if milliseconds < 999.5 => format!("{milliseconds:.0} ms"),
        milliseconds => format!("{:.1} s", milliseconds / 1_000.0),
    }
}

/// A share in whole percent; all of it only if it is.
pub(in crate::page) fn percent(share: f64) -> String {
    let percent = if share < 1.0 {
        (share * 100.0).round().min(99.0)
    } else {
        100.0
    };
    format!("{percent:.0} %")
}

#[cfg(test)]
mod tests {
    use super::{bytes, percent, time};

    #[test]
    fn numbers_are_short_and_exact_where_it_matters() {
        assert_eq!([999, 1_000, 999_949, 999_950].map(bytes), ["999 B", "1.0 kB", "999.9 kB", "1.0 MB"]);
        assert_eq!([0.04, 9.94, 9.96, 999.4, 1_234.0].map(time), ["0.0 ms", "9.9 ms", "10 ms", "999 ms", "1.2 s"]);
        assert_eq!([0.0, 0.666, 0.999, 1.0].map(percent), ["0 %", "67 %", "99 %", "100 %"]);
    }
}
