//! Progress bars. Widths are SVG attributes, so that no inline style is needed.

use dioxus::prelude::*;

/// What a bar's fill means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum MeterTone {
    /// Consumption: hours or money used.
    #[default]
    Neutral,
    /// Progress.
    Accent,
    /// In the owner's or project's own colour.
    Hue,
}

/// `value` of `max`; what goes beyond is red, after a gap. `label` says both in words.
#[component]
pub(crate) fn Meter(
    value: i32,
    max: i32,
    label: String,
    #[props(default)] tone: MeterTone,
    #[props(default)] large: bool,
) -> Element {
    let bar = bar(value, max);
    let tone = match tone {
        MeterTone::Neutral => None,
        MeterTone::Accent => Some("accent"),
        MeterTone::Hue => Some("hue"),
    };
    rsx! {
        svg { class: "meter", "data-size": large.then_some("lg"), view_box: "0 0 1000 40", preserve_aspect_ratio: "none", role: "img", "aria-label": label,
            rect { class: "fill", "data-tone": tone, width: "{bar.fill}", height: "40" }
            if bar.over > 0 {
                rect { class: "fill", "data-tone": "danger", x: "{bar.fill}", width: "{bar.over}", height: "40" }
                rect { class: "gap", x: "{bar.fill}", width: "10", height: "40" }
            }
        }
    }
}

/// Widths in thousandths of the bar.
#[derive(Debug, PartialEq)]
struct Bar {
    fill: i64,
    over: i64,
}

fn bar(value: i32, max: i32) -> Bar {
    let (value, max) = (i64::from(value.max(0)), i64::from(max.max(0)));
    if value > max {
        let fill = if value == 0 { 0 } else { max * 1000 / value };
        Bar {
            fill,
            over: 1000 - fill,
        }
    } else {
        Bar {
            fill: if max == 0 { 0 } else { value * 1000 / max },
            over: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bar, bar};

    #[test]
    fn widths_stay_within_the_bar() {
        assert_eq!(bar(0, 0), Bar { fill: 0, over: 0 });
        assert_eq!(bar(1, 2), Bar { fill: 500, over: 0 });
        assert_eq!(bar(3, 3), Bar { fill: 1000, over: 0 });
        assert_eq!(bar(20, 10), Bar { fill: 500, over: 500 });
        assert_eq!(bar(-4, 10), Bar { fill: 0, over: 0 });
        assert_eq!(bar(5, 0), Bar { fill: 0, over: 1000 });
        assert_eq!(bar(i32::MAX, 1).fill, 0);
    }
}
