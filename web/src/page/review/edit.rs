//! A proposal's properties as fields. Saving accepts it: an edit without a
//! decision would be a third state that nobody asked for.

use dioxus::prelude::*;

use super::{
    desk::Desk,
    keys::Press,
    query::{Edit, ItemEdits, SuggestionItem},
};
use crate::{
    fmt::{Day, duration},
    gql::types::{ItemKind, MoneyInput, Responsible, TaskPriority},
    ui::field::{Select, SelectOption},
};

/// The longest title the API takes.
const TITLE_MAX: usize = 200;

/// What is wrong with one field.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    Title,
    Estimate,
    Amount,
}

/// The form in the focused item.
#[component]
pub(super) fn EditForm(desk: Desk, item: SuggestionItem, client: Option<String>) -> Element {
    let mut title = use_signal(|| item.title.clone());
    let mut estimate = use_signal(|| shown_estimate(&item));
    let mut due = use_signal(|| item.due_date.map(Day::iso).unwrap_or_default());
    let mut responsible = use_signal(|| item.responsible);
    let mut priority = use_signal(|| TaskPriority::None);
    let mut amount = use_signal(|| shown_amount(&item));
    let mut wrong = use_signal(|| None::<Wrong>);
    let is_task = item.kind == ItemKind::Task;
    let currency = item
        .amount
        .as_ref()
        .map_or("EUR", |money| money.currency.as_str())
        .to_owned();
    let client = client.unwrap_or_else(|| Responsible::Client.word().to_owned());
    let submit = {
        let item = item.clone();
        let currency = currency.clone();
        move |event: FormEvent| {
            event.prevent_default();
            let fields = Fields {
                title: title(),
                estimate: estimate(),
                due: due(),
                responsible: responsible(),
                priority: priority(),
                amount: amount(),
                currency: currency.clone(),
            };
            match fields.edits(&item) {
                Ok(edits) => desk.accept(item.id.inner(), (edits != ItemEdits::default()).then_some(edits)),
                Err(what) => {
                    wrong.set(Some(what));
                    let field = match what {
                        Wrong::Title => "#edit-title",
                        Wrong::Estimate => "#edit-estimate",
                        Wrong::Amount => "#edit-amount",
                    };
                    crate::platform::focus(field);
                }
            }
        }
    };
    let invalid = move |which: Wrong| (wrong() == Some(which)).then_some("true");
    rsx! {
        form { class: "edit", id: "edit-form", novalidate: true, onsubmit: submit, onclick: |event| event.stop_propagation(),
            if let Some(quote) = &item.quote {
                blockquote { class: "cite", {quote.clone()} }
            }
            div { class: "field", "data-wide": "",
                label { class: "label", r#for: "edit-title", "Title" }
                input { class: "input", id: "edit-title", name: "title", value: title, maxlength: TITLE_MAX as i64, autocomplete: "off",
                    "aria-invalid": invalid(Wrong::Title),
                    "aria-describedby": "edit-title-error",
                    onmounted: move |element| async move { let _ = element.set_focus(true).await; },
                    oninput: move |event| title.set(event.value()),
                }
                p { class: "error", id: "edit-title-error", hidden: wrong() != Some(Wrong::Title), "Give it a title." }
            }
            if is_task {
                div { class: "field",
                    label { class: "label", r#for: "edit-estimate", "Estimate" }
                    input { class: "input num", id: "edit-estimate", name: "estimate", value: estimate, placeholder: "1 h 30, 90m, 5-8 h", autocomplete: "off",
                        "aria-invalid": invalid(Wrong::Estimate),
                        "aria-describedby": "edit-estimate-error",
                        oninput: move |event| estimate.set(event.value()),
                    }
                    p { class: "error", id: "edit-estimate-error", hidden: wrong() != Some(Wrong::Estimate), "Write it as 1 h 30, 90m or 5-8 h." }
                }
            }
            if is_task || item.kind == ItemKind::Deadline {
                div { class: "field",
                    label { class: "label", r#for: "edit-due", if is_task { "Due" } else { "Date" } }
                    input { class: "input num", id: "edit-due", name: "due", r#type: "date", value: due, oninput: move |event| due.set(event.value()) }
                }
            }
            if is_task {
                div { class: "field",
                    label { class: "label", r#for: "edit-priority", "Priority" }
                    Select {
                        id: "edit-priority",
                        value: priority().key(),
                        options: TaskPriority::ALL.iter().map(|value| SelectOption::new(value.key(), value.word())).collect::<Vec<_>>(),
                        onchange: move |value: String| priority.set(TaskPriority::from_key(&value).unwrap_or(TaskPriority::None)),
                    }
                }
                fieldset { class: "field", "data-wide": "",
                    legend { class: "label", "Responsible" }
                    div { class: "seg",
                        for (value , word) in [(Responsible::Freelancer, Responsible::Freelancer.word().to_owned()), (Responsible::Client, client)] {
                            label {
                                input { r#type: "radio", name: "responsible", value: value.key(), checked: responsible() == value,
                                    onchange: move |_| responsible.set(value),
                                }
                                {word}
                            }
                        }
                    }
                }
            }
            if item.kind == ItemKind::Budget {
                div { class: "field", "data-half": "",
                    label { class: "label", r#for: "edit-amount", "Amount in {currency}" }
                    input { class: "input num", id: "edit-amount", name: "amount", r#type: "number", min: "0", step: "0.01", inputmode: "decimal", value: amount,
                        "aria-invalid": invalid(Wrong::Amount),
                        "aria-describedby": "edit-amount-error",
                        oninput: move |event| amount.set(event.value()),
                    }
                    p { class: "error", id: "edit-amount-error", hidden: wrong() != Some(Wrong::Amount), "Write it as 4200 or 4200.50." }
                }
            }
            div { class: "focus-act", "data-desk": "",
                button { class: "btn", "data-variant": "primary", r#type: "submit",
                    "Accept with these changes" kbd { class: "kbd", "↵" }
                }
                button { class: "btn", "data-variant": "ghost", r#type: "button", onclick: move |_| desk.press(Press::Close),
                    "Cancel" kbd { class: "kbd", "Esc" }
                }
            }
        }
    }
}

/// The form as typed.
struct Fields {
    title: String,
    estimate: String,
    due: String,
    responsible: Responsible,
    priority: TaskPriority,
    amount: String,
    currency: String,
}

impl Fields {
    /// What differs from the item; the first field that cannot be read otherwise.
    fn edits(self, item: &SuggestionItem) -> Result<ItemEdits, Wrong> {
        let mut edits = ItemEdits::default();
        let title = self.title.trim();
        if title.is_empty() {
            return Err(Wrong::Title);
        }
        if title != item.title {
            edits.title = Some(title.to_owned());
        }
        if matches!(item.kind, ItemKind::Task | ItemKind::Deadline) {
            edits.due_date = Edit::between(item.due_date.as_ref(), Day::parse(&self.due));
        }
        if item.kind == ItemKind::Task {
            let text = self.estimate.trim();
            if text != shown_estimate(item) {
                let range = if text.is_empty() {
                    None
                } else {
                    Some(duration::parse_range(text).ok_or(Wrong::Estimate)?)
                };
                let minutes = |minutes: u32| i32::try_from(minutes).ok();
                edits.estimate_min_minutes = Edit::between(
                    item.estimate_min_minutes.as_ref(),
                    range.and_then(|(low, _)| minutes(low)),
                );
                edits.estimate_max_minutes = Edit::between(
                    item.estimate_max_minutes.as_ref(),
                    range.and_then(|(_, high)| minutes(high)),
                );
            }
            edits.responsible = (self.responsible != item.responsible).then_some(self.responsible);
            edits.priority = (self.priority != TaskPriority::None).then_some(self.priority);
        }
        if item.kind == ItemKind::Budget && self.amount != shown_amount(item) {
            let amount_cents = cents(&self.amount).ok_or(Wrong::Amount)?;
            edits.amount = Some(MoneyInput {
                amount_cents,
                currency: self.currency,
            });
        }
        Ok(edits)
    }
}

fn shown_estimate(item: &SuggestionItem) -> String {
    duration::show_estimate(item.estimate_min_minutes, item.estimate_max_minutes).unwrap_or_default()
}

fn shown_amount(item: &SuggestionItem) -> String {
    let Some(money) = &item.amount else {
        return String::new();
    };
    let (units, rest) = (money.amount_cents / 100, money.amount_cents % 100);
    if rest == 0 {
        units.to_string()
    } else {
        format!("{units}.{rest:02}")
    }
}

/// A number field's value (`4200`, `4200.5`) in cents; up to a billion units.
fn cents(text: &str) -> Option<i64> {
    let (units, rest) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if units.is_empty()
        || units.len() > 9
        || rest.len() > 2
        || !units.chars().chain(rest.chars()).all(|c| c.is_ascii_digit())
    {
        return None;
    }
    let rest = [rest, "00"].concat();
    Some(units.parse::<i64>().ok()? * 100 + rest[..2].parse::<i64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gql::types::{ItemConfidence, ItemState, Money};

    fn item(kind: ItemKind) -> SuggestionItem {
        SuggestionItem {
            id: "item_1".into(),
            kind,
            state: ItemState::Open,
            ordinal: 0,
            title: "Draw the decal".to_owned(),
            quote: None,
            quote_start: None,
            quote_end: None,
            due_date: Day::parse("2026-01-24"),
            estimate_min_minutes: Some(300),
            estimate_max_minutes: Some(480),
            responsible: Responsible::Freelancer,
            amount: Some(Money {
                amount_cents: 420_000,
                currency: "EUR".to_owned(),
            }),
            confidence: ItemConfidence::Explicit,
            edited: false,
            known_task: None,
            reject_reason: None,
            decided_by: None,
            version: 1,
        }
    }

    fn fields(item: &SuggestionItem) -> Fields {
        Fields {
            title: item.title.clone(),
            estimate: shown_estimate(item),
            due: item.due_date.map(Day::iso).unwrap_or_default(),
            responsible: item.responsible,
            priority: TaskPriority::None,
            amount: shown_amount(item),
            currency: "EUR".to_owned(),
        }
    }

    #[test]
    fn nothing_changed_is_no_edit() {
        for kind in [
            ItemKind::Task,
            ItemKind::Deadline,
            ItemKind::Budget,
            ItemKind::Question,
        ] {
            let item = item(kind);
            assert_eq!(fields(&item).edits(&item), Ok(ItemEdits::default()));
        }
    }

    #[test]
    fn only_what_changed_is_sent() {
        let item = item(ItemKind::Task);
        let mut typed = fields(&item);
        typed.estimate = "1h 30".to_owned();
        typed.due = String::new();
        typed.responsible = Responsible::Client;
        let edits = typed.edits(&item).expect("readable");
        assert_eq!(edits.estimate_min_minutes, Edit::To(90));
        assert_eq!(edits.estimate_max_minutes, Edit::To(90));
        assert_eq!(edits.due_date, Edit::Clear);
        assert_eq!(edits.title, None);
        let sent = serde_json::to_value(&edits).expect("serialises");
        assert_eq!(
            sent,
            serde_json::json!({"dueDate": null, "estimateMinMinutes": 90, "estimateMaxMinutes": 90, "responsible": "CLIENT"})
        );
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let task = item(ItemKind::Task);
        assert_eq!(
            Fields {
                title: "  ".to_owned(),
                ..fields(&task)
            }
            .edits(&task),
            Err(Wrong::Title)
        );
        assert_eq!(
            Fields {
                estimate: "soon".to_owned(),
                ..fields(&task)
            }
            .edits(&task),
            Err(Wrong::Estimate)
        );
        let budget = item(ItemKind::Budget);
        assert_eq!(
            Fields {
                amount: "4.2e3".to_owned(),
                ..fields(&budget)
            }
            .edits(&budget),
            Err(Wrong::Amount)
        );
    }

    #[test]
    fn amounts_are_cents() {
        assert_eq!(cents("4200"), Some(420_000));
        assert_eq!(cents("4200.5"), Some(420_050));
        assert_eq!(cents("0.05"), Some(5));
        assert_eq!(cents(""), None);
        assert_eq!(cents("-3"), None);
        assert_eq!(cents("12345678901"), None);
    }
}
