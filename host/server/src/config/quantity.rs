//! Sizes and times as people write them: `64 MiB`, `30s`.

use std::time::Duration;

/// What a size looks like, for messages.
pub const SIZE: &str = "a size such as \"64 MiB\" (units: B, KiB, MiB, GiB)";
/// What a time looks like, for messages.
pub const TIME: &str = "a time such as \"30s\" (units: ms, s, min, h)";
/// What a count looks like, for messages.
pub const COUNT: &str = "a whole number such as 100";

/// Bytes, from a number and one of B, KiB, MiB, GiB. `None` for anything else.
pub fn size(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let unit = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(unit)
}

/// A time, from a number and one of ms, s, min, h. `None` for anything else, and
/// for more than a hundred years, with which one could not reckon.
pub fn time(text: &str) -> Option<Duration> {
    const CENTURY: u64 = 100 * 365 * 24 * 3_600_000;
    let (number, unit) = split(text)?;
    let unit = match unit {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let millis = number.checked_mul(unit).filter(|ms| *ms <= CENTURY)?;
    Some(Duration::from_millis(millis))
}

/// A number without a unit.
pub fn count(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    unit.is_empty().then_some(number)
}

/// A number and what follows it, with or without a space between them.
fn split(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(size("64 MiB"), Some(64 << 20));
        assert_eq!(size("64MiB"), Some(64 << 20));
        assert_eq!(size("0 B"), Some(0));
        for wrong in [
            "64",
            "64 MB",
            "64 mib",
            "MiB",
            "-1 B",
            "1.5 MiB",
            "",
            "17179869184 GiB",
        ] {
            assert_eq!(size(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times() {
        assert_eq!(time("30s"), Some(Duration::from_secs(30)));
        assert_eq!(time("250 ms"), Some(Duration::from_millis(250)));
        assert_eq!(time("2min"), Some(Duration::from_secs(120)));
        for wrong in [
            "30",
            "30 sec",
            "1m30s",
            "-1s",
            "18446744073709551615h",
            "1000000h",
        ] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn counts() {
        assert_eq!(count("100"), Some(100));
        for wrong in ["100 B", "1e3", "+1", "-1", ""] {
            assert_eq!(count(wrong), None, "{wrong}");
        }
    }
}
