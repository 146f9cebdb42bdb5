//! Numbers as the page writes them.

/// A count with its thousands apart.
#[must_use]
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut written = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// A count of things, by their names in the singular and in the plural.
#[must_use]
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// The same text, with numbers tied to their signs: lines are not to break between them.
#[must_use]
pub fn tied(text: &str) -> String {
    text.replace(" %", "\u{a0}%").replace("ρ = ", "ρ\u{a0}=\u{a0}")
}

/// A share of one, in whole per cent.
#[must_use]
pub fn percent(share: f32) -> String {
    format!("{:.0} %", f64::from(share) * 100.0)
}

#[cfg(test)]
mod tests {
    use super::{counted, grouped, percent, tied};

    #[test]
    fn thousands_are_apart() {
        assert_eq!([0, 999, 1_000, 12_500, 1_000_000].map(grouped), ["0", "999", "1,000", "12,500", "1,000,000"]);
    }

    #[test]
    fn one_is_one() {
        assert_eq!(counted(1, "record", "records"), "1 record");
        assert_eq!(counted(2_000, "record", "records"), "2,000 records");
        assert_eq!(counted(0, "record", "records"), "0 records");
        assert_eq!(percent(0.625), "62 %");
        assert_eq!(tied("62 % at ρ = 0.5"), "62\u{a0}% at ρ\u{a0}=\u{a0}0.5");
    }
}
