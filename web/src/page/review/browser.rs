//! The review's dealings with the DOM: what is selected in the source, and what
//! to bring into view.

use wasm_bindgen::JsCast;
use web_sys::{Element, Node, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::selection::{code_points, utf16_units};
use crate::platform;

/// Every run of the source on screen carries its position in this attribute.
const RUNS: &str = "#source-text [data-at]";

/// The selected stretch of the source as code points `start..end`, end
/// exclusive; `None` when nothing in it is selected.
pub(super) fn selected() -> Option<(usize, usize)> {
    let selection = platform::window()?.get_selection().ok()??;
    if selection.is_collapsed() || selection.range_count() == 0 {
        return None;
    }
    let range = selection.get_range_at(0).ok()?;
    let (from, to) = (range.start_container().ok()?, range.end_container().ok()?);
    let mut found: Option<(usize, usize)> = None;
    for run in runs() {
        if !range.intersects_node(&run).unwrap_or(false) {
            continue;
        }
        let (at, text) = (position(&run)?, run.text_content().unwrap_or_default());
        let inside = |node: &Node, offset: u32, otherwise: usize| {
            if node.node_type() == Node::TEXT_NODE && run.contains(Some(node)) {
                code_points(&text, offset as usize)
            } else {
                otherwise
            }
        };
        let start = at + inside(&from, range.start_offset().ok()?, 0);
        let end = at + inside(&to, range.end_offset().ok()?, text.chars().count());
        found = Some((found.map_or(start, |(first, _)| first), end));
    }
    found.filter(|(start, end)| start < end)
}

/// Selects code points `start..end` of the source and brings them into view.
pub(super) fn select(start: usize, end: usize) {
    let place = |at: usize, is_end: bool| {
        runs().into_iter().find_map(|run| {
            let first = position(&run)?;
            let text = run.text_content()?;
            let last = first + text.chars().count();
            let here = if is_end {
                first < at && at <= last
            } else {
                first <= at && at < last
            };
            let node = run.first_child().filter(|_| here)?;
            Some((run, node, u32::try_from(utf16_units(&text, at - first)).ok()?))
        })
    };
    let (Some((run, from, from_at)), Some((_, to, to_at))) = (place(start, false), place(end, true)) else {
        return;
    };
    if let Some(Ok(Some(selection))) = platform::window().map(|window| window.get_selection()) {
        let _ = selection.set_base_and_extent(&from, from_at, &to, to_at);
        show(&run, false);
    }
}

/// Drops the selection.
pub(super) fn deselect() {
    if let Some(Ok(Some(selection))) = platform::window().map(|window| window.get_selection()) {
        let _ = selection.remove_all_ranges();
    }
}

/// Brings the first element that matches into view, moving as little as possible.
pub(super) fn reveal(selector: &str) {
    if let Some(Ok(Some(element))) = platform::document().map(|document| document.query_selector(selector)) {
        show(&element, false);
    }
}

/// Brings the first element that matches to the top of what scrolls it.
pub(super) fn top(selector: &str) {
    if let Some(Ok(Some(element))) = platform::document().map(|document| document.query_selector(selector)) {
        show(&element, true);
    }
}

fn show(element: &Element, top: bool) {
    let options = ScrollIntoViewOptions::new();
    // Smooth or not is the style sheet's to say: it knows about reduced motion.
    options.set_block(if top {
        ScrollLogicalPosition::Start
    } else {
        ScrollLogicalPosition::Nearest
    });
    options.set_inline(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

fn runs() -> Vec<Element> {
    let Some(Ok(list)) = platform::document().map(|document| document.query_selector_all(RUNS)) else {
        return Vec::new();
    };
    (0..list.length())
        .filter_map(|i| list.item(i)?.dyn_into::<Element>().ok())
        .collect()
}

fn position(run: &Element) -> Option<usize> {
    run.get_attribute("data-at")?.parse().ok()
}
