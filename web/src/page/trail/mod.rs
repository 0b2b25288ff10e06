//! What was done, by whom, from where, and what changed by it: the look of both audit logs.

pub(crate) mod filters;

use dioxus::prelude::*;

use crate::{fmt::intl, gql::types::DateTime, schema, ui::prelude::*};

/// A field that an action gave another value.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "AuditDetail")]
pub(crate) struct Detail {
    pub(crate) field: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) at: DateTime,
    /// Who did it, as far as that is a person.
    pub(crate) who: Option<String>,
    /// What stands where nobody in person did it.
    pub(crate) nobody: &'static str,
    /// The network address it came from.
    pub(crate) from: Option<String>,
    /// `noun.verb`.
    pub(crate) action: String,
    /// What it was done to is called, where that is known.
    pub(crate) target: Option<String>,
    pub(crate) details: Vec<Detail>,
}

/// Entries, each with what changed behind it.
#[component]
pub(crate) fn Trail(label: &'static str, entries: Vec<Entry>) -> Element {
    rsx! {
        ul { class: "trail", aria_label: label,
            for entry in entries {
                li { key: "{entry.id}", class: "tr",
                    time { class: "num", datetime: entry.at.0.clone(), title: intl::moment_full(&entry.at.0), {intl::moment(&entry.at.0)} }
                    div { class: "tr-who",
                        p { class: if entry.who.is_some() { "trunc strong" } else { "trunc soft" }, {entry.who.clone().unwrap_or_else(|| entry.nobody.to_owned())} }
                        if let Some(from) = entry.from { p { class: "tr-from trunc", {from} } }
                    }
                    div { class: "tr-what",
                        if entry.details.is_empty() {
                            p { class: "tr-line", Said { action: entry.action, target: entry.target } }
                        } else {
                            details {
                                summary { class: "tr-line",
                                    Said { action: entry.action, target: entry.target }
                                    span { class: "tr-brief trunc", {brief(&entry.details)} }
                                    Icon { glyph: Glyph::Down, size: IconSize::Small }
                                }
                                dl { class: "tr-details",
                                    for detail in entry.details {
                                        dt { {detail.field.clone()} }
                                        dd {
                                            if let Some(before) = detail.before {
                                                del { span { class: "sr", "before: " } {before} }
                                                " "
                                            }
                                            match detail.after {
                                                Some(after) => rsx! { span { class: "sr", "now: " } {after} },
                                                None => rsx! { span { class: "muted", "nothing any more" } },
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[component]
fn Said(action: String, target: Option<String>) -> Element {
    let said = said(&action);
    rsx! {
        span { class: "tr-said", title: action, {said} }
        if let Some(target) = target { span { class: "strong trunc", {target} } }
    }
}

/// Fields that name a thing, the best first.
const NAMES: &[&str] = &["title", "name", "label", "email", "text"];
/// Fields that change with every write, and those that the action has said already.
const NOISE: &[&str] = &[
    "version",
    "updated_at",
    "created_at",
    "by",
    "administrator",
    "disabled",
];

/// What was made or deleted is told by its name, what was changed by its fields.
fn brief(details: &[Detail]) -> String {
    let is_change = details
        .iter()
        .any(|detail| detail.before.is_some() && detail.after.is_some());
    let named = NAMES
        .iter()
        .filter(|_| !is_change)
        .find_map(|name| details.iter().find(|detail| detail.field == **name));
    if let Some(name) = named.and_then(|detail| detail.after.clone().or_else(|| detail.before.clone())) {
        return name;
    }
    let fields: Vec<String> = details
        .iter()
        .filter(|detail| !NOISE.contains(&detail.field.as_str()))
        .map(|detail| detail.field.replace('_', " "))
        .collect();
    fields.join(", ")
}

/// Who did what nobody of the workspace did in person.
pub(crate) fn nobody(action: &str, details: &[Detail]) -> &'static str {
    let administrator =
        |detail: &Detail| detail.field == "by" && detail.after.as_deref() == Some("administrator");
    if details.iter().any(administrator) {
        "An administrator"
    } else if action.starts_with("job.") || action.starts_with("suggestion.") || action == "document.read" {
        "SmartStack"
    } else {
        "Somebody who has left"
    }
}

/// `task.create` as people say it: `Created a task`.
pub(crate) fn said(action: &str) -> String {
    let (noun, verb) = action.split_once('.').unwrap_or((action, ""));
    let known = match action {
        "session.open" => "Signed in",
        "session.end" => "Ended a session",
        "session.token_reused" => "Ended a session whose token was used twice",
        "user.update" => "Changed their own profile",
        "user.address_change_ask" => "Asked for another address",
        "user.password_change" => "Changed their password",
        "user.password_reset" => "Reset their password",
        "user.second_factor_on" => "Turned a second factor on",
        "user.second_factor_off" => "Turned a second factor off",
        "user.recovery_codes" => "Made new recovery codes",
        "user.recovery_code_use" => "Signed in with a recovery code",
        "user.link" => "Connected an account elsewhere",
        "user.unlink" => "Disconnected an account elsewhere",
        "user.disable" => "Disabled an account",
        "user.enable" => "Enabled an account",
        "user.sign_out" => "Signed somebody out everywhere",
        "user.reset_second_factor" => "Took the second factor of",
        "user.grant_administration" => "Made an administrator",
        "user.revoke_administration" => "Took administration from",
        "workspace.limit" => "Changed the limits of",
        "workspace.export" => "Exported",
        "workspace.import" => "Imported a workspace into",
        "workspace.ai_settings" => "Changed the AI settings",
        "installation.update" => "Changed the installation’s settings",
        "member.join" => "Joined",
        "member.leave" => "Left",
        "member.remove" => "Removed a member",
        "member.update" => "Changed a member’s role",
        "plan.start" => "Had a text read",
        "document.upload" => "Uploaded a document",
        "document.read" => "Read the text of a document",
        "job.review_by_hand" => "Began a review by hand",
        "webhook_endpoint.ping" => "Sent a test to a webhook",
        "webhook_endpoint.replay" => "Sent messages to a webhook again",
        "webhook_endpoint.rotate_secret" => "Made a new secret for a webhook",
        "project.apply_suggestion" => "Applied a suggestion to a project",
        "suggestion_item.add" => "Added an item to a suggestion",
        "task.rearrange" => "Rearranged tasks",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let done = match verb {
        "create" => "Created",
        "update" => "Changed",
        "delete" => "Deleted",
        "restore" => "Restored",
        "archive" => "Archived",
        "unarchive" => "Brought back from the archive:",
        "move" => "Moved",
        "accept" => "Accepted",
        "reject" => "Rejected",
        "reopen" => "Reopened",
        "settle" => "Settled",
        "dismiss" => "Dismissed",
        "revoke" => "Revoked",
        "resend" => "Sent again:",
        "start" => "Began",
        "claim" => "Took up",
        "finish" => "Finished",
        "release" => "Gave back",
        "retry" => "Retried",
        "cancel" => "Cancelled",
        _ => "",
    };
    let noun = match noun {
        "api_token" => "access token".to_owned(),
        "webhook_endpoint" => "webhook".to_owned(),
        other => other.replace('_', " "),
    };
    if done.is_empty() {
        // A newer server does things that this one's words do not cover yet.
        return [&noun, ": ", &verb.replace('_', " ")].concat();
    }
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    };
    [done, article, &noun].join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Detail, brief, nobody, said};

    #[test]
    fn actions_are_said_in_words() {
        for (action, words) in [
            ("task.create", "Created a task"),
            ("invitation.resend", "Sent again: an invitation"),
            ("suggestion_item.accept", "Accepted a suggestion item"),
            ("api_token.revoke", "Revoked an access token"),
            ("user.disable", "Disabled an account"),
            ("webhook_endpoint.create", "Created a webhook"),
            ("moon.paint_blue", "moon: paint blue"),
            ("odd", "odd: "),
        ] {
            assert_eq!(said(action), words);
        }
    }

    fn detail(field: &str, before: Option<&str>, after: Option<&str>) -> Detail {
        Detail {
            field: field.to_owned(),
            before: before.map(ToOwned::to_owned),
            after: after.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn what_is_new_is_named_and_what_changed_is_listed() {
        let made = [detail("id", None, Some("1")), detail("title", None, Some("Menu"))];
        assert_eq!(brief(&made), "Menu");
        let gone = [detail("name", Some("Café"), None)];
        assert_eq!(brief(&gone), "Café");
        let changed = [
            detail("due_date", Some("1"), Some("2")),
            detail("title", Some("a"), Some("b")),
            detail("version", Some("1"), Some("2")),
        ];
        assert_eq!(brief(&changed), "due date, title");
    }

    #[test]
    fn nobody_has_a_word() {
        let by = [detail("by", None, Some("administrator"))];
        assert_eq!(nobody("job.retry", &by), "An administrator");
        assert_eq!(nobody("job.finish", &[]), "SmartStack");
        assert_eq!(nobody("document.read", &[]), "SmartStack");
        assert_eq!(nobody("task.update", &[]), "Somebody who has left");
    }
}
