//! What a person may type: patches, and the checks every noun's input goes through.
//!
//! A check never stops at the first fault: [`Checks`] collects them all, so that a form can mark
//! every field at once. Lengths count Unicode code points, as the browser's own counter does.

use chrono::{Datelike, NaiveDate};
use email_address::{EmailAddress, Options};
use smartstack_schema::UserErrorCode;

use crate::{
    error::{DomainError, FieldError},
    money::Money,
};

/// Longest name of a client, project or workspace.
pub const NAME_MAX: usize = 120;
/// Longest title of a task.
pub const TITLE_MAX: usize = 200;
/// Longest title of a suggested item and longest text of a project note.
pub const NOTE_MAX: usize = 2_000;
/// Longest description of a project or task, and longest notes of a client.
pub const DESCRIPTION_MAX: usize = 20_000;
/// Longest text of a document.
pub const DOCUMENT_MAX: usize = 200_000;
/// Longest idempotency key.
pub const IDEMPOTENCY_KEY_MAX: usize = 255;
/// Largest estimate or budget of time: 100 000 minutes, some ten months of full-time work.
pub const MINUTES_MAX: i32 = 100_000;
/// Largest amount of money, in hundredths of the currency's unit.
pub const AMOUNT_CENTS_MAX: i64 = 10_000_000_000_000;

/// One field of an update: left out, cleared, or set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Left out: stays as it is.
    #[default]
    Keep,
    /// Given as null: cleared, where the field may be empty.
    Clear,
    /// Given a value.
    Set(T),
}

impl<T> Patch<T> {
    /// What an input object says: absent, null or a value.
    pub fn from_input(input: Option<Option<T>>) -> Self {
        match input {
            None => Self::Keep,
            Some(None) => Self::Clear,
            Some(Some(value)) => Self::Set(value),
        }
    }

    /// Whether the field stays as it is.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The field after the update, for a field that may be empty.
    pub(crate) fn over(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Keep => current,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    pub(crate) fn try_map<U>(self, map: impl FnOnce(T) -> Option<U>) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => map(value).map_or(Patch::Clear, Patch::Set),
        }
    }
}

impl<T> From<Option<Option<T>>> for Patch<T> {
    fn from(input: Option<Option<T>>) -> Self {
        Self::from_input(input)
    }
}

/// The error of a field that names something which is not there, or not for this person.
/// A dot in `field` leads into an input object.
pub(crate) fn not_found(field: &str, message: &str) -> DomainError {
    let mut error = FieldError::new(UserErrorCode::NotFound, field, message);
    error.field = field.split('.').map(str::to_owned).collect();
    error.into()
}

/// Collects what is wrong with an input; [`Checks::finish`] turns it into one error.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    errors: Vec<FieldError>,
}

impl Checks {
    /// Notes a fault of `field`.
    pub(crate) fn fail(&mut self, field: &str, code: UserErrorCode, message: impl Into<String>) {
        self.errors.push(FieldError::new(code, field, message));
    }

    /// Takes over what was wrong with the input object in `field`.
    pub(crate) fn within(&mut self, field: &str, inner: Self) {
        self.errors.extend(inner.errors.into_iter().map(|mut error| {
            error.field.insert(0, field.to_owned());
            error
        }));
    }

    /// `Ok` when nothing was wrong.
    pub(crate) fn finish(self) -> Result<(), DomainError> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(DomainError::Validation(self.errors))
        }
    }

    /// A required single line of text: outer space is trimmed, inner runs of space (line breaks
    /// too) become one space.
    pub(crate) fn line(&mut self, field: &str, value: &str, max: usize) -> String {
        let text = self.optional_line(field, Some(value), max);
        text.unwrap_or_else(|| {
            self.fail(field, UserErrorCode::Required, "Write something here.");
            String::new()
        })
    }

    /// A single line that may be missing; one of nothing but space counts as missing.
    pub(crate) fn optional_line(&mut self, field: &str, value: Option<&str>, max: usize) -> Option<String> {
        let line = value?.split_whitespace().collect::<Vec<_>>().join(" ");
        self.no_control_characters(field, &line);
        self.at_most(field, &line, max);
        (!line.is_empty()).then_some(line)
    }

    /// Text of several lines, possibly empty; outer space is trimmed.
    pub(crate) fn text(&mut self, field: &str, value: &str, max: usize) -> String {
        let text = value.trim();
        self.no_control_characters(field, text);
        self.at_most(field, text, max);
        text.to_owned()
    }

    /// Text of several lines that must say something.
    pub(crate) fn required_text(&mut self, field: &str, value: &str, max: usize) -> String {
        let text = self.text(field, value, max);
        if text.is_empty() {
            self.fail(field, UserErrorCode::Required, "Write something here.");
        }
        text
    }

    /// An e-mail address, in the form mail servers take: no display name, a domain with a dot.
    pub(crate) fn email(&mut self, field: &str, value: Option<&str>) -> Option<String> {
        // RFC 5321 section 4.5.3.1.3: a path of 256 octets with its brackets.
        let email = self.optional_line(field, value, 254)?;
        let options = Options::default()
            .with_required_tld()
            .without_display_text()
            .without_domain_literal();
        if EmailAddress::parse_with_options(&email, options).is_err() {
            self.fail(
                field,
                UserErrorCode::Invalid,
                "Write an address such as name@example.com.",
            );
        }
        Some(email)
    }

    /// A web address; one without a scheme is read as https.
    pub(crate) fn website(&mut self, field: &str, value: Option<&str>) -> Option<String> {
        let typed = self.optional_line(field, value, 500)?;
        let address = if typed.contains("://") {
            typed
        } else {
            format!("https://{typed}")
        };
        let fits = url::Url::parse(&address).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| host.contains('.'))
        });
        if !fits {
            self.fail(
                field,
                UserErrorCode::Invalid,
                "Write a web address such as example.com.",
            );
        }
        Some(address)
    }

    /// An amount from nothing to 10^13 hundredths, in a currency of ISO 4217.
    pub(crate) fn money(&mut self, field: &str, value: Option<Money>) -> Option<Money> {
        let money = value?;
        if !(0..=AMOUNT_CENTS_MAX).contains(&money.amount_cents) {
            self.fail(
                field,
                UserErrorCode::OutOfRange,
                "The amount must lie between 0 and 100 000 000 000.",
            );
        }
        if !money.has_known_currency() {
            self.fail(
                field,
                UserErrorCode::Invalid,
                "Give the currency as three capital letters of ISO 4217, such as EUR.",
            );
        }
        Some(money)
    }

    /// A number of minutes.
    pub(crate) fn minutes(&mut self, field: &str, value: Option<i32>) {
        if value.is_some_and(|minutes| !(0..=MINUTES_MAX).contains(&minutes)) {
            self.fail(
                field,
                UserErrorCode::OutOfRange,
                format!("Give minutes from 0 to {MINUTES_MAX}."),
            );
        }
    }

    /// A range of minutes. One end given alone sets both: "about two hours" is two to two.
    pub(crate) fn estimate(&mut self, min: Option<i32>, max: Option<i32>) -> (Option<i32>, Option<i32>) {
        self.minutes("estimateMinMinutes", min);
        self.minutes("estimateMaxMinutes", max);
        let (min, max) = (min.or(max), max.or(min));
        if min > max {
            self.fail(
                "estimateMinMinutes",
                UserErrorCode::OutOfRange,
                "The lower end of the estimate is above the upper end.",
            );
        }
        (min, max)
    }

    /// A calendar day from 1970 to 2200.
    pub(crate) fn day(&mut self, field: &str, value: Option<NaiveDate>) -> Option<NaiveDate> {
        if value.is_some_and(|day| !(1970..=2200).contains(&day.year())) {
            self.fail(
                field,
                UserErrorCode::OutOfRange,
                "Give a day between 1970 and 2200.",
            );
        }
        value
    }

    /// A key that makes a repeated request safe.
    pub(crate) fn idempotency_key(&mut self, key: Option<&str>) {
        if let Some(key) = key {
            if key.is_empty() {
                self.fail(
                    "idempotencyKey",
                    UserErrorCode::TooShort,
                    "Give a key or leave it out.",
                );
            }
            self.no_control_characters("idempotencyKey", key);
            self.at_most("idempotencyKey", key, IDEMPOTENCY_KEY_MAX);
        }
    }

    /// The value of a field that may be changed but not emptied.
    pub(crate) fn not_cleared<T>(&mut self, field: &str, patch: Patch<T>, current: T) -> T {
        match patch {
            Patch::Keep => current,
            Patch::Set(value) => value,
            Patch::Clear => {
                self.fail(field, UserErrorCode::Required, "This cannot be empty.");
                current
            }
        }
    }

    /// A required line that may be changed but not emptied.
    pub(crate) fn line_patch(
        &mut self,
        field: &str,
        patch: Patch<String>,
        current: &str,
        max: usize,
    ) -> String {
        match patch {
            Patch::Keep => current.to_owned(),
            Patch::Set(value) => self.line(field, &value, max),
            Patch::Clear => self.line(field, "", max),
        }
    }

    /// Text that may be changed or emptied.
    pub(crate) fn text_patch(
        &mut self,
        field: &str,
        patch: Patch<String>,
        current: &str,
        max: usize,
    ) -> String {
        match patch {
            Patch::Keep => current.to_owned(),
            Patch::Set(value) => self.text(field, &value, max),
            Patch::Clear => String::new(),
        }
    }

    fn at_most(&mut self, field: &str, text: &str, max: usize) {
        let length = text.chars().count();
        if length > max {
            self.fail(
                field,
                UserErrorCode::TooLong,
                format!("Keep it to {max} characters; this has {length}."),
            );
        }
    }

    /// Line breaks and tabs are text; the rest of the control characters is not, and PostgreSQL
    /// cannot store NUL at all.
    fn no_control_characters(&mut self, field: &str, text: &str) {
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            self.fail(field, UserErrorCode::Invalid, "Remove the control characters.");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes<T>(check: impl FnOnce(&mut Checks) -> T) -> Vec<UserErrorCode> {
        let mut checks = Checks::default();
        check(&mut checks);
        checks.errors.into_iter().map(|error| error.code).collect()
    }

    #[test]
    fn a_line_is_trimmed_and_folded() {
        let mut checks = Checks::default();
        assert_eq!(
            checks.line("title", "  Draft \n the\tlogo ", 200),
            "Draft the logo"
        );
        assert!(checks.finish().is_ok());
    }

    #[test]
    fn lengths_count_code_points_and_bounds_are_inclusive() {
        assert_eq!(codes(|c| c.line("t", &"é".repeat(200), 200)), []);
        assert_eq!(
            codes(|c| c.line("t", &"é".repeat(201), 200)),
            [UserErrorCode::TooLong]
        );
        assert_eq!(codes(|c| c.line("t", " \n ", 200)), [UserErrorCode::Required]);
        assert_eq!(codes(|c| c.text("t", "a\0b", 200)), [UserErrorCode::Invalid]);
    }

    #[test]
    fn an_email_needs_a_domain_with_a_dot() {
        for (address, fits) in [
            ("ana@example.com", true),
            ("ana+work@mail.example.co.uk", true),
            ("ana@localhost", false),
            ("ana", false),
            ("Ana <ana@example.com>", false),
            ("ana@[127.0.0.1]", false),
        ] {
            assert_eq!(
                codes(|c| c.email("email", Some(address))).is_empty(),
                fits,
                "{address}"
            );
        }
    }

    #[test]
    fn a_website_is_http_and_gets_a_scheme() {
        let mut checks = Checks::default();
        assert_eq!(
            checks.website("website", Some("example.com/a")),
            Some("https://example.com/a".to_owned())
        );
        assert!(checks.finish().is_ok());
        for address in [
            "javascript://example.com/%0aalert(1)",
            "ftp://example.com",
            "https://",
            "a b",
        ] {
            let found = codes(|c| c.website("website", Some(address)));
            assert_eq!(found, [UserErrorCode::Invalid], "{address}");
        }
    }

    #[test]
    fn money_has_bounds_and_a_known_currency() {
        let money = |amount_cents, currency: &str| {
            Some(Money {
                amount_cents,
                currency: currency.to_owned(),
            })
        };
        assert_eq!(codes(|c| c.money("budget", money(0, "EUR"))), []);
        assert_eq!(codes(|c| c.money("budget", money(AMOUNT_CENTS_MAX, "JPY"))), []);
        for bad in [money(-1, "EUR"), money(AMOUNT_CENTS_MAX + 1, "EUR")] {
            assert_eq!(codes(|c| c.money("budget", bad)), [UserErrorCode::OutOfRange]);
        }
        for bad in ["eur", "EURO", "XXX", ""] {
            let found = codes(|c| c.money("budget", money(1, bad)));
            assert_eq!(found, [UserErrorCode::Invalid], "{bad}");
        }
    }

    #[test]
    fn one_end_of_an_estimate_sets_both() {
        let mut checks = Checks::default();
        assert_eq!(checks.estimate(None, Some(90)), (Some(90), Some(90)));
        assert_eq!(
            checks.estimate(Some(0), Some(MINUTES_MAX)),
            (Some(0), Some(MINUTES_MAX))
        );
        assert_eq!(checks.estimate(None, None), (None, None));
        assert!(checks.finish().is_ok());
        assert_eq!(
            codes(|c| c.estimate(Some(2), Some(1))),
            [UserErrorCode::OutOfRange]
        );
        assert_eq!(
            codes(|c| c.estimate(None, Some(MINUTES_MAX + 1))),
            [UserErrorCode::OutOfRange]
        );
    }

    #[test]
    fn days_lie_between_1970_and_2200() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day);
        assert_eq!(codes(|c| c.day("dueDate", day(1970, 1, 1))), []);
        assert_eq!(codes(|c| c.day("dueDate", day(2200, 12, 31))), []);
        for bad in [day(1969, 12, 31), day(2201, 1, 1)] {
            assert_eq!(codes(|c| c.day("dueDate", bad)), [UserErrorCode::OutOfRange]);
        }
    }
}
