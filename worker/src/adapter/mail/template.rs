//! The mails we send, from `templates/<name>/{subject.txt,body.txt,body.html}`.
//!
//! To add one: its folder, a line in [`Templates::new`], and a snapshot test. Values are HTML-escaped in
//! `.html` files by their ending; a value that is missing is an error, never an empty place.

use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, UndefinedBehavior};

/// What stands in a mail's places, by name.
pub type Values = BTreeMap<String, String>;

/// Adds the three files of a template.
macro_rules! template {
    ($environment:ident, $name:literal) => {
        $environment
            .add_template(
                concat!($name, "/subject.txt"),
                include_str!(concat!("../../../templates/", $name, "/subject.txt")),
            )
            .and_then(|()| {
                $environment.add_template(
                    concat!($name, "/body.txt"),
                    include_str!(concat!("../../../templates/", $name, "/body.txt")),
                )
            })
            .and_then(|()| {
                $environment.add_template(
                    concat!($name, "/body.html"),
                    include_str!(concat!("../../../templates/", $name, "/body.html")),
                )
            })
    };
}

/// A rendered template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
}

/// Why a template could not be rendered; the text names the template and the value.
#[derive(Debug, thiserror::Error)]
#[error("mail template {name}: {cause}")]
pub struct TemplateError {
    name: String,
    cause: minijinja::Error,
}

/// All templates, parsed once.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// Parses the templates built into the program.
    ///
    /// # Errors
    /// A template is malformed; a test keeps that from shipping.
    pub fn new() -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| match name.rsplit('.').next() {
            Some("html") => AutoEscape::Html,
            _ => AutoEscape::None,
        });
        template!(environment, "confirm_sign_up")
            .and_then(|()| template!(environment, "already_registered"))
            .and_then(|()| template!(environment, "invitation"))
            .and_then(|()| template!(environment, "reset_password"))
            .and_then(|()| template!(environment, "password_changed"))
            .and_then(|()| template!(environment, "confirm_address"))
            .and_then(|()| template!(environment, "address_changed"))
            .and_then(|()| template!(environment, "webhook_disabled"))
            .and_then(|()| template!(environment, "second_factor_changed"))
            .and_then(|()| template!(environment, "second_factor_reset"))
            .and_then(|()| template!(environment, "recovery_code_used"))
            .map_err(|cause| TemplateError {
                name: cause.name().unwrap_or("").to_owned(),
                cause,
            })?;
        Ok(Self { environment })
    }

    /// Renders the template `name` with `values`.
    ///
    /// # Errors
    /// There is no such template, or a value it needs is missing.
    pub fn render(&self, name: &str, values: &Values) -> Result<Rendered, TemplateError> {
        let part = |file: &str| {
            self.environment
                .get_template(&format!("{name}/{file}"))
                .and_then(|template| template.render(minijinja::Value::from_pairs(values.clone())))
                .map_err(|cause| TemplateError {
                    name: name.to_owned(),
                    cause,
                })
        };
        Ok(Rendered {
            // A line end in a value must not begin another header.
            subject: part("subject.txt")?
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
            text: part("body.txt")?,
            html: part("body.html")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        [
            (
                "name",
                "Ada <script>alert('x')</script> & Co\r\nBcc: all@example.com",
            ),
            (
                "link",
                "https://smartstack.example/confirm?token=signup_1.a-b_c&x=\"y\"",
            ),
            ("until", "5 March 2026, 20:35 UTC"),
            ("sign_in_url", "https://smartstack.example/sign-in"),
            ("workspace", "Studio <b>North</b>\r\nBcc: all@example.com"),
            ("inviter", "Ada & Co"),
            (
                "rights",
                "You will be able to see all work there, and change nothing.",
            ),
            ("url", "https://hooks.example.com/in?team=<7>"),
            ("host", "hooks.example.com\r\nBcc: all@example.com"),
            ("why", "Nothing could be delivered for more than a day."),
            ("last", "It answered 500."),
            ("public_url", "https://smartstack.example"),
            ("at", "5 March 2026, 19:35 UTC"),
            ("state", "on"),
            ("left", "9 codes are left"),
            ("new", "<b>ada</b>@example.net"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    #[test]
    fn confirm_sign_up() {
        let mail = Templates::new()
            .unwrap()
            .render("confirm_sign_up", &values())
            .unwrap();
        assert!(!mail.subject.contains(['\r', '\n']));
        assert!(!mail.html.contains("<script>"), "{}", mail.html);
        insta::assert_snapshot!("confirm_sign_up", whole(&mail));
    }

    #[test]
    fn already_registered() {
        let mail = Templates::new()
            .unwrap()
            .render("already_registered", &values())
            .unwrap();
        assert!(!mail.html.contains("<script>"), "{}", mail.html);
        insta::assert_snapshot!("already_registered", whole(&mail));
    }

    #[test]
    fn invitation() {
        let templates = Templates::new().unwrap();
        let mail = templates.render("invitation", &values()).unwrap();
        assert!(!mail.subject.contains(['\r', '\n']));
        assert!(!mail.html.contains("<b>"), "{}", mail.html);
        insta::assert_snapshot!("invitation", whole(&mail));
        // Who invited may be gone by the time it is sent.
        let mut nobody = values();
        nobody.insert("inviter".to_owned(), String::new());
        let mail = templates.render("invitation", &nobody).unwrap();
        assert!(mail.subject.starts_with("You are invited to"), "{}", mail.subject);
    }

    #[test]
    fn mails_about_an_account() {
        let templates = Templates::new().unwrap();
        for name in [
            "reset_password",
            "password_changed",
            "confirm_address",
            "address_changed",
            "second_factor_changed",
            "second_factor_reset",
            "recovery_code_used",
        ] {
            let mail = templates.render(name, &values()).unwrap();
            assert!(!mail.subject.contains(['\r', '\n']));
            assert!(
                !mail.html.contains("<script>") && !mail.html.contains("<b>"),
                "{}",
                mail.html
            );
            insta::assert_snapshot!(name, whole(&mail));
        }
    }

    #[test]
    fn webhook_disabled() {
        let mail = Templates::new()
            .unwrap()
            .render("webhook_disabled", &values())
            .unwrap();
        assert!(!mail.subject.contains(['\r', '\n']));
        assert!(
            !mail.html.contains("<b>") && !mail.html.contains("<7>"),
            "{}",
            mail.html
        );
        insta::assert_snapshot!("webhook_disabled", whole(&mail));
    }

    #[test]
    fn a_missing_value_or_template_is_an_error() {
        let templates = Templates::new().unwrap();
        let error = templates
            .render("confirm_sign_up", &[("name".to_owned(), "Ada".to_owned())].into())
            .unwrap_err();
        assert!(error.to_string().contains("confirm_sign_up"), "{error}");
        assert!(templates.render("no_such_mail", &values()).is_err());
    }

    fn whole(mail: &Rendered) -> String {
        format!(
            "{}\n\n----- text\n{}\n----- html\n{}",
            mail.subject, mail.text, mail.html
        )
    }
}
