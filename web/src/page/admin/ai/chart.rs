//! What each day did cost, as bars. The tables beside it say the same in numbers.

use dioxus::prelude::*;

use super::query::Sum;
use crate::{
    fmt::{Day, intl, money},
    ui::prelude::*,
};

/// A bar: its day, and both parts of what it did cost, in millionths of a US dollar.
#[derive(Clone, Debug, PartialEq)]
struct Bar {
    day: Day,
    charged: i64,
    absorbed: i64,
}

/// A bar for each day from one to another, those without a call included.
fn bars(from: Day, to: Day, sums: &[Sum]) -> Vec<Bar> {
    (from.0..=to.0)
        .map(|day| {
            let day = Day(day);
            let sum = sums.iter().find(|sum| sum.day == Some(day));
            Bar {
                day,
                charged: sum.map_or(0, |sum| sum.charged_micro_usd),
                absorbed: sum.map_or(0, |sum| sum.absorbed_micro_usd),
            }
        })
        .collect()
}

/// A height in thousandths of the highest; what is not nothing is seen.
fn height(part: i64, highest: i64) -> i64 {
    if part <= 0 {
        0
    } else {
        (part.saturating_mul(1000) / highest.max(1)).clamp(8, 1000)
    }
}

#[component]
pub(super) fn Chart(from: Day, to: Day, sums: Vec<Sum>) -> Element {
    let bars = bars(from, to, &sums);
    let highest = bars
        .iter()
        .map(|bar| bar.charged + bar.absorbed)
        .max()
        .unwrap_or(0);
    let total: i64 = bars.iter().map(|bar| bar.charged + bar.absorbed).sum();
    let wide = bars.len() * 10;
    let said = match bars.iter().max_by_key(|bar| bar.charged + bar.absorbed) {
        Some(most) if highest > 0 => [
            &money::usd(total),
            " in all; most on ",
            &intl::day_long(most.day),
            ", ",
            &money::usd(highest),
        ]
        .concat(),
        _ => "Nothing on any day".to_owned(),
    };
    rsx! {
        figure { class: "ad-chart",
            svg { view_box: "0 0 {wide} 1000", preserve_aspect_ratio: "none", role: "img", "aria-label": said,
                for (at, bar) in bars.iter().enumerate() {
                    g { key: "{bar.day.0}",
                        title { {intl::day_short(bar.day)} ": " {money::usd(bar.charged + bar.absorbed)} }
                        // The whole day answers to the pointer, not the bar alone.
                        rect { class: "day", x: "{at * 10}", width: "10", height: "1000" }
                        rect { class: "charged", x: "{at * 10 + 1}", width: "8", y: "{1000 - height(bar.charged, highest)}", height: "{height(bar.charged, highest)}" }
                        rect { class: "absorbed", x: "{at * 10 + 1}", width: "8", y: "{(1000 - height(bar.charged, highest) - height(bar.absorbed, highest)).max(0)}", height: "{height(bar.absorbed, highest)}" }
                    }
                }
            }
            ul { class: "ad-legend",
                li { "data-part": "charged", "Charged" }
                li { "data-part": "absorbed", "Lost" }
            }
            figcaption { class: "num",
                span { {intl::day_short(from)} }
                span { class: "ad-chart-most", "Highest day " {money::usd(highest)} }
                span { {intl::day_short(to)} }
            }
        }
    }
}

/// Sums as rows, dearest first. `name` names them, `head` their column.
#[component]
pub(super) fn Sums(title: &'static str, head: &'static str, sums: Vec<Sum>, children: Element) -> Element {
    if sums.is_empty() {
        return rsx! {};
    }
    rsx! {
        section { class: "sect ad-sect",
            div { class: "sect-head", h2 { class: "sect-title", {title} } }
            div { class: "table-wrap", tabindex: "0", role: "region", aria_label: title,
                table { class: "table", "data-stack": "",
                    colgroup { col { class: "c-title" } col { class: "c-num" } col { class: "c-num not-narrow" } col { class: "c-num not-narrow" } col { class: "c-num" } col { class: "c-num" } }
                    thead {
                        tr {
                            th { scope: "col", {head} }
                            th { scope: "col", class: "r", "Calls" }
                            th { scope: "col", class: "r not-narrow", "Failed" }
                            th { scope: "col", class: "r not-narrow", "Tokens" }
                            th { scope: "col", class: "r", "Charged" }
                            th { scope: "col", class: "r", "Lost" }
                        }
                    }
                    tbody { {children} }
                }
            }
        }
    }
}

/// The numbers of a row, after its name.
#[component]
pub(super) fn Numbers(sum: Sum) -> Element {
    rsx! {
        td { class: "r num", span { class: "not-phone", {intl::number(sum.calls)} } span { class: "only-phone", {intl::count(sum.calls, "call", "calls")} } }
        td { class: "r num not-narrow", if sum.failed_calls > 0 { Badge { tone: Tone::Warn, {intl::number(sum.failed_calls)} } } else { span { class: "muted", "–" } } }
        td { class: "r num not-narrow", {tokens(sum.input_tokens + sum.output_tokens)} }
        td { class: "r num", {money::usd(sum.charged_micro_usd)} }
        td { class: "r num soft", if sum.absorbed_micro_usd > 0 { {money::usd(sum.absorbed_micro_usd)} } else { span { class: "muted", "–" } } }
    }
}

/// `812`, `41k`, `3M`: as exactly as it matters.
fn tokens(count: i64) -> String {
    match count {
        ..10_000 => count.to_string(),
        10_000..10_000_000 => [&(count / 1000).to_string(), "k"].concat(),
        _ => [&(count / 1_000_000).to_string(), "M"].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_a_bar_and_none_is_higher_than_the_chart() {
        let sum = Sum {
            day: Some(Day(11)),
            workspace_id: None,
            workspace_name: None,
            model: None,
            calls: 1,
            failed_calls: 0,
            input_tokens: 0,
            output_tokens: 0,
            charged_micro_usd: 30,
            absorbed_micro_usd: 10,
        };
        let bars = bars(Day(10), Day(12), &[sum]);
        let costs: Vec<_> = bars.iter().map(|bar| (bar.charged, bar.absorbed)).collect();
        assert_eq!(costs, [(0, 0), (30, 10), (0, 0)]);
        assert_eq!((height(0, 40), height(40, 40), height(1, 100_000)), (0, 1000, 8));
        assert_eq!(height(i64::MAX, 1), 1000);
    }

    #[test]
    fn tokens_are_short() {
        assert_eq!((tokens(812).as_str(), tokens(41_900).as_str()), ("812", "41k"));
        assert_eq!(tokens(12_000_000), "12M");
    }
}
