//! Durations as people type and read them, in whole minutes.

/// The longest estimate that is accepted: 10 000 hours.
const MAX_MINUTES: u32 = 600_000;

/// Reads `1h 30`, `1:30`, `90m`, `1.5`, `1,5 h`. A bare number is hours.
pub(crate) fn parse(text: &str) -> Option<u32> {
    let text = text.trim().to_ascii_lowercase();
    if text.is_empty() {
        return None;
    }
    if let Some((hours, minutes)) = text.split_once(':') {
        let minutes = whole(minutes).filter(|minutes| *minutes < 60)?;
        return bounded(whole(hours)?.checked_mul(60)?.checked_add(minutes)?);
    }
    if let Some((hours, rest)) = text.split_once('h') {
        let rest = strip(["ours", "our", "rs", "r"], |unit| rest.strip_prefix(unit))
            .unwrap_or(rest)
            .trim();
        let rest = strip(["minutes", "minute", "mins", "min", "m"], |unit| {
            rest.strip_suffix(unit)
        })
        .unwrap_or(rest);
        let minutes = if rest.is_empty() { 0 } else { whole(rest)? };
        return bounded(hundredths(hours)?.checked_mul(60)? / 100 + minutes);
    }
    if let Some((minutes, unit)) = text.split_once('m') {
        return ["", "in", "ins", "inute", "inutes"]
            .contains(&unit)
            .then(|| whole(minutes))
            .flatten()
            .and_then(bounded);
    }
    bounded(hundredths(&text)?.checked_mul(60)? / 100)
}

/// Reads one duration, or two with a dash: `4-6 h` is four to six hours.
pub(crate) fn parse_range(text: &str) -> Option<(u32, u32)> {
    let text = text.trim().replace(['–', '—'], "-");
    let Some((low, high)) = text.split_once('-') else {
        return parse(&text).map(|minutes| (minutes, minutes));
    };
    let high_minutes = parse(high)?;
    // The unit is often written once, at the end: "30-45m".
    let unit: String = if low
        .trim()
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b".,".contains(&byte))
    {
        high.trim()
            .chars()
            .skip_while(|letter| letter.is_ascii_digit() || ".,".contains(*letter))
            .filter(char::is_ascii_alphabetic)
            .collect()
    } else {
        String::new()
    };
    let low_minutes = parse(&[low.trim(), &unit].concat())?;
    (low_minutes <= high_minutes).then_some((low_minutes, high_minutes))
}

/// `3 h`, `1 h 30`, `0 h 30`.
pub(crate) fn show(minutes: u32) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    if rest == 0 {
        format!("{hours} h")
    } else {
        format!("{hours} h {rest:02}")
    }
}

/// `5–8 h`, or one duration when both ends are the same.
pub(crate) fn show_range(low: u32, high: u32) -> String {
    if low == high {
        show(low)
    } else if low.is_multiple_of(60) && high.is_multiple_of(60) {
        format!("{}–{} h", low / 60, high / 60)
    } else {
        format!("{}–{}", show(low), show(high))
    }
}

/// [`show_range`] for heads: from ten hours on in whole hours, since nobody plans more exactly.
pub(crate) fn show_rough(low: u32, high: u32) -> String {
    let rough = |minutes: u32| {
        if minutes < 600 {
            minutes
        } else {
            (minutes + 30) / 60 * 60
        }
    };
    show_range(rough(low), rough(high))
}

/// An estimate as the API gives it: both ends, one, or none.
pub(crate) fn show_estimate(low: Option<i32>, high: Option<i32>) -> Option<String> {
    let (low, high) = (low.or(high)?, high.or(low)?);
    Some(show_range(u32::try_from(low).ok()?, u32::try_from(high).ok()?))
}

/// What is left after the first unit that `take` can take off.
fn strip<'a, const N: usize>(
    units: [&'static str; N],
    take: impl Fn(&'static str) -> Option<&'a str>,
) -> Option<&'a str> {
    units.into_iter().find_map(take)
}

fn bounded(minutes: u32) -> Option<u32> {
    (minutes <= MAX_MINUTES).then_some(minutes)
}

fn whole(text: &str) -> Option<u32> {
    let text = text.trim();
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

/// A decimal number with point or comma, times one hundred: `1.5` is 150.
fn hundredths(text: &str) -> Option<u32> {
    let text = text.trim();
    let (units, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    if fraction.len() > 2 || (units.is_empty() && fraction.is_empty()) {
        return None;
    }
    let units = if units.is_empty() { 0 } else { whole(units)? };
    let fraction = match fraction.len() {
        0 => 0,
        1 => whole(fraction)? * 10,
        _ => whole(fraction)?,
    };
    units.checked_mul(100)?.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::{parse, parse_range, show, show_range, show_rough};

    #[test]
    fn reads_what_people_type() {
        for (text, minutes) in [
            ("1h 30", 90),
            ("1h30m", 90),
            ("1 h 30 min", 90),
            ("90m", 90),
            ("90 min", 90),
            ("1.5", 90),
            ("1,5h", 90),
            ("1:30", 90),
            ("2", 120),
            ("2 hours", 120),
            (".5", 30),
            ("0.25", 15),
            ("0", 0),
            ("3H", 180),
        ] {
            assert_eq!(parse(text), Some(minutes), "{text}");
        }
    }

    #[test]
    fn refuses_what_means_nothing() {
        for text in [
            "",
            "h",
            "abc",
            "1,5x",
            "-1",
            "1:75",
            "1h 3x",
            "1.234",
            "99999999999",
            "90q",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn ranges_may_write_their_unit_once() {
        assert_eq!(parse_range("4-6 h"), Some((240, 360)));
        assert_eq!(parse_range("30–45m"), Some((30, 45)));
        assert_eq!(parse_range("1h 30 - 3h"), Some((90, 180)));
        assert_eq!(parse_range("4"), Some((240, 240)));
        assert_eq!(parse_range("6-4"), None);
    }

    #[test]
    fn heads_are_rough_only_where_that_loses_nothing() {
        assert_eq!(show_rough(90, 90), "1 h 30");
        assert_eq!(show_rough(2_070, 2_190), "35–37 h");
        assert_eq!(show_rough(570, 630), "9 h 30–11 h");
    }

    #[test]
    fn what_is_shown_can_be_typed_again() {
        for minutes in [0, 5, 30, 59, 60, 61, 90, 480, 1445] {
            assert_eq!(parse(&show(minutes)), Some(minutes));
            assert_eq!(
                parse_range(&show_range(minutes, minutes + 120)),
                Some((minutes, minutes + 120))
            );
        }
    }
}
