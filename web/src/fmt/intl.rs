//! Dates, times and money in the person's locale, by the browser's `Intl`.
//!
//! Formatters are made once and kept: making one costs far more than using it.

use std::cell::RefCell;

use js_sys::{Array, Date, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::Day;

thread_local! {
    static FORMATS: RefCell<Vec<(String, Function)>> = const { RefCell::new(Vec::new()) };
}

/// The bound `format` function of an `Intl` class with the given options.
fn formatter(class: &str, options: &[(&str, &str)], key: &str) -> Option<Function> {
    if let Some(known) = FORMATS.with_borrow(|all| {
        all.iter()
            .find(|(known, _)| known == key)
            .map(|(_, format)| format.clone())
    }) {
        return Some(known);
    }
    let settings = Object::new();
    for (name, value) in options {
        Reflect::set(&settings, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let class: Function = Reflect::get(&intl, &class.into()).ok()?.dyn_into().ok()?;
    let arguments = Array::of2(&JsValue::UNDEFINED, &settings);
    let made = Reflect::construct(&class, &arguments).ok()?;
    let method: Function = Reflect::get(&made, &"format".into()).ok()?.dyn_into().ok()?;
    let bound: Function = method.bind0(&made).unchecked_into();
    FORMATS.with_borrow_mut(|all| all.push((key.to_owned(), bound.clone())));
    Some(bound)
}

fn apply(format: Option<Function>, value: &JsValue) -> Option<String> {
    format?.call1(&JsValue::UNDEFINED, value).ok()?.as_string()
}

fn date_of(day: Day) -> JsValue {
    // Noon UTC, shown in UTC: the same day whatever the browser's zone.
    Date::new(&JsValue::from_f64((f64::from(day.0) + 0.5) * 86_400_000.0)).into()
}

/// `Fri 21 Nov`; with the year when it is not this one.
pub(crate) fn day_short(day: Day) -> String {
    let same_year = day.civil().0 == Day::today().civil().0;
    let format = if same_year {
        formatter(
            "DateTimeFormat",
            &[
                ("weekday", "short"),
                ("day", "numeric"),
                ("month", "short"),
                ("timeZone", "UTC"),
            ],
            "day",
        )
    } else {
        formatter(
            "DateTimeFormat",
            &[
                ("year", "numeric"),
                ("day", "numeric"),
                ("month", "short"),
                ("timeZone", "UTC"),
            ],
            "day-year",
        )
    };
    apply(format, &date_of(day)).unwrap_or_else(|| day.iso())
}

/// `Today`, `Yesterday`, `Tomorrow`, else [`day_short`].
pub(crate) fn day_near(day: Day) -> String {
    match day.0 - Day::today().0 {
        -1 => "Yesterday".to_owned(),
        0 => "Today".to_owned(),
        1 => "Tomorrow".to_owned(),
        _ => day_short(day),
    }
}

/// `Thursday 20 November`.
pub(crate) fn day_long(day: Day) -> String {
    let format = formatter(
        "DateTimeFormat",
        &[
            ("weekday", "long"),
            ("day", "numeric"),
            ("month", "long"),
            ("timeZone", "UTC"),
        ],
        "day-long",
    );
    apply(format, &date_of(day)).unwrap_or_else(|| day.iso())
}

/// `November 2026`.
pub(crate) fn month(day: Day) -> String {
    let format = formatter(
        "DateTimeFormat",
        &[("month", "long"), ("year", "numeric"), ("timeZone", "UTC")],
        "month",
    );
    apply(format, &date_of(day)).unwrap_or_else(|| day.iso())
}

/// Milliseconds since the epoch of a moment as the API writes it.
pub(crate) fn millis(moment: &str) -> Option<f64> {
    let millis = Date::parse(moment);
    millis.is_finite().then_some(millis)
}

/// The person's own calendar day of a moment.
pub(crate) fn local_day(moment: &str) -> Option<Day> {
    let date = Date::new(&JsValue::from_f64(millis(moment)?));
    Some(Day::from_civil(
        i32::try_from(date.get_full_year()).ok()?,
        i32::try_from(date.get_month()).ok()? + 1,
        i32::try_from(date.get_date()).ok()?,
    ))
}

/// The moment a day begins where the person is, as the API reads moments (RFC 3339, UTC).
pub(crate) fn start_of(day: Day) -> String {
    let (year, month, day) = day.civil();
    let date = Date::new_0();
    date.set_hours(0);
    date.set_minutes(0);
    date.set_seconds(0);
    date.set_milliseconds(0);
    let part = |number: i32| u32::try_from(number).unwrap_or(1);
    date.set_full_year_with_month_date(part(year), month - 1, day);
    date.to_iso_string().into()
}

/// `14:05` today, else the day: when something happened, as short as it can be said.
pub(crate) fn moment(text: &str) -> String {
    let (Some(at), Some(day)) = (millis(text), local_day(text)) else {
        return text.to_owned();
    };
    if day != Day::today() {
        return day_near(day);
    }
    let format = formatter(
        "DateTimeFormat",
        &[("hour", "2-digit"), ("minute", "2-digit")],
        "time",
    );
    apply(format, &Date::new(&JsValue::from_f64(at))).unwrap_or_else(|| text.to_owned())
}

/// Day and time in full, for titles and printed pages.
pub(crate) fn moment_full(text: &str) -> String {
    let format = formatter(
        "DateTimeFormat",
        &[("dateStyle", "long"), ("timeStyle", "short")],
        "moment",
    );
    millis(text)
        .and_then(|at| apply(format, &Date::new(&JsValue::from_f64(at))))
        .unwrap_or_else(|| text.to_owned())
}

/// An amount in cents of an ISO 4217 currency: `€5,200`; cents only where there are any.
pub(crate) fn money(cents: i64, currency: &str) -> String {
    let digits = if cents % 100 == 0 { "0" } else { "2" };
    let format = formatter(
        "NumberFormat",
        &[
            ("style", "currency"),
            ("currency", currency),
            ("minimumFractionDigits", digits),
            ("maximumFractionDigits", "2"),
        ],
        &[currency, digits].concat(),
    );
    // Amounts are within JavaScript's safe integers (the API's Long).
    #[allow(clippy::cast_precision_loss, reason = "the API keeps amounts within 2^53")]
    let units = cents as f64 / 100.0;
    apply(format, &JsValue::from_f64(units)).unwrap_or_else(|| format!("{units:.2} {currency}"))
}

/// A whole number with the locale's grouping.
pub(crate) fn number(value: i32) -> String {
    apply(
        formatter("NumberFormat", &[], "number"),
        &JsValue::from_f64(f64::from(value)),
    )
    .unwrap_or_else(|| value.to_string())
}

/// `1 task`, `3 tasks`: a count with its noun.
pub(crate) fn count(value: i32, one: &str, many: &str) -> String {
    [number(value).as_str(), if value == 1 { one } else { many }].join(" ")
}
