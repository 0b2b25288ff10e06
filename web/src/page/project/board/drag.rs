//! Lifting, moving and putting down, by pointer or by keys.
//!
//! A mouse lifts once it has moved a little, a finger once it has rested on a card: so that a click
//! still opens and a swipe still scrolls. What follows the pointer is a copy of the card, moved through
//! the CSSOM; the page's style policy allows no style attributes.

use dioxus::{prelude::*, web::WebEventExt};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsCast;

use crate::{
    gql::types::TaskStatus,
    page::task::{Tasks, query::TaskRow},
    platform::{self, Listener},
};

/// How far a mouse goes before it drags, in pixels.
const MOUSE_SLACK: f64 = 5.0;
/// How far a finger may tremble while it rests.
const TOUCH_SLACK: f64 = 8.0;
/// How long a finger rests before it lifts.
const TOUCH_REST_MILLIS: u32 = 280;
/// How near the edge the board begins to scroll, and by how much each move.
const EDGE: f64 = 48.0;
const EDGE_STEP: f64 = 14.0;

/// A place: a column, and how many of the cards that stay are above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) status: TaskStatus,
    pub(super) index: usize,
}

/// A press that may become a drag.
#[derive(Clone)]
struct Press {
    id: cynic::Id,
    pointer: i32,
    touch: bool,
    x: f64,
    y: f64,
    /// What follows the pointer, once lifted, and where in it the pointer holds it.
    ghost: Option<(web_sys::HtmlElement, f64, f64)>,
}

/// The state of all dragging on one board. Cheap to copy.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Board {
    tasks: Tasks,
    lifted: Signal<Option<cynic::Id>>,
    spot: Signal<Option<Spot>>,
    press: CopyValue<Option<Press>>,
    said: Signal<String>,
}

impl Board {
    /// An idle board; to be called in a hook.
    pub(super) fn new(tasks: Tasks, said: Signal<String>) -> Self {
        Self {
            tasks,
            lifted: Signal::new(None),
            spot: Signal::new(None),
            press: CopyValue::new(None),
            said,
        }
    }

    /// The card in the air.
    pub(super) fn lifted(&self) -> Option<cynic::Id> {
        self.lifted.read().clone()
    }

    /// Where it would go.
    pub(super) fn spot(&self) -> Option<Spot> {
        *self.spot.read()
    }

    fn say(&self, text: String) {
        let mut said = self.said;
        said.set(text);
    }

    fn column(&self, status: TaskStatus, without: &cynic::Id) -> usize {
        self.tasks.get().map_or(0, |all| {
            all.iter()
                .filter(|task| task.status == status && task.parent.is_none() && task.id != *without)
                .count()
        })
    }

    /// Where a card is now.
    pub(super) fn place_of(&self, task: &TaskRow) -> Spot {
        let index = self.tasks.get().map_or(0, |all| {
            all.iter()
                .filter(|other| other.status == task.status && other.parent.is_none())
                .position(|other| other.id == task.id)
                .unwrap_or(0)
        });
        Spot {
            status: task.status,
            index,
        }
    }

    /// One step from a place, within the board.
    pub(super) fn step(&self, id: &cynic::Id, from: Spot, across: isize, down: isize) -> Spot {
        let columns = TaskStatus::ALL;
        let at = columns
            .iter()
            .position(|status| *status == from.status)
            .unwrap_or(0);
        let status = columns[at.saturating_add_signed(across).min(columns.len() - 1)];
        let index = from
            .index
            .saturating_add_signed(down)
            .min(self.column(status, id));
        Spot { status, index }
    }

    /// Takes a card by keys.
    pub(super) fn lift_by_key(&self, task: &TaskRow, spot: Spot) {
        let (mut lifted, mut over) = (self.lifted, self.spot);
        lifted.set(Some(task.id.clone()));
        over.set(Some(spot));
        self.say(format!(
            "{} lifted. {}, place {}",
            task.title,
            spot.status.word(),
            spot.index + 1
        ));
    }

    /// Shows where the lifted card would go.
    pub(super) fn hover(&self, spot: Spot) {
        let mut over = self.spot;
        over.set(Some(spot));
        self.say(format!("{}, place {}", spot.status.word(), spot.index + 1));
    }

    /// Puts a card into a place.
    pub(super) fn put(&self, id: &cynic::Id, spot: Spot) {
        super::place(self.tasks, id, spot, self.said);
    }

    /// Puts the lifted card down where it hovers.
    pub(super) fn drop_here(&self) {
        let target = self.lifted.peek().clone().zip(*self.spot.peek());
        self.settle();
        if let Some((id, spot)) = target {
            let unmoved = self.tasks.get().is_some_and(|all| {
                all.iter()
                    .find(|task| task.id == id)
                    .is_some_and(|task| self.place_of(task) == spot)
            });
            if !unmoved {
                self.put(&id, spot);
            }
        }
    }

    /// Leaves the lifted card where it was.
    pub(super) fn cancel(&self) {
        self.settle();
        self.say("Left where it was".to_owned());
    }

    /// Nothing is pressed or lifted any more.
    fn settle(&self) {
        let (mut lifted, mut spot, mut press) = (self.lifted, self.spot, self.press);
        if let Some((ghost, ..)) = press.write().take().and_then(|press| press.ghost) {
            ghost.remove();
        }
        if lifted.peek().is_some() {
            lifted.set(None);
        }
        if spot.peek().is_some() {
            spot.set(None);
        }
    }

    /// A pointer went down on a card.
    pub(super) fn press(&self, id: &cynic::Id, event: &PointerEvent) {
        let web = event.as_web_event();
        if web.button() != 0 || !web.is_primary() || self.lifted.peek().is_some() {
            return;
        }
        let touch = web.pointer_type() != "mouse";
        let (x, y, pointer) = (
            f64::from(web.client_x()),
            f64::from(web.client_y()),
            web.pointer_id(),
        );
        let mut press = self.press;
        press.set(Some(Press {
            id: id.clone(),
            pointer,
            touch,
            x,
            y,
            ghost: None,
        }));
        if touch {
            let board = *self;
            spawn(async move {
                TimeoutFuture::new(TOUCH_REST_MILLIS).await;
                let still = board
                    .press
                    .peek()
                    .as_ref()
                    .is_some_and(|press| press.pointer == pointer && press.ghost.is_none());
                if still {
                    board.lift(x, y);
                }
            });
        }
    }

    /// The pressed card leaves its place and follows the pointer.
    fn lift(&self, x: f64, y: f64) {
        let (mut press, mut lifted, mut spot) = (self.press, self.lifted, self.spot);
        let Some(now) = press.peek().clone() else { return };
        let Some(document) = platform::document() else {
            return;
        };
        let selector = ["[data-card=\"", now.id.inner(), "\"]"].concat();
        let Some(card) = document.query_selector(&selector).ok().flatten() else {
            return;
        };
        // The board takes the pointer, so that no click follows on the link below it.
        if let Some(surface) = card.closest("[data-board]").ok().flatten() {
            let _ = surface.set_pointer_capture(now.pointer);
        }
        let rect = card.get_bounding_client_rect();
        let ghost = card
            .clone_node_with_deep(true)
            .ok()
            .and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok());
        let Some(ghost) = ghost else { return };
        ghost.set_class_name("tcard tcard-ghost");
        let _ = ghost.remove_attribute("data-card");
        let _ = ghost.set_attribute("aria-hidden", "true");
        let style = ghost.style();
        let _ = style.set_property("width", &format!("{}px", rect.width()));
        let _ = style.set_property("translate", &format!("{}px {}px", rect.left(), rect.top()));
        if let Some(body) = document.body() {
            let _ = body.append_child(&ghost);
        }
        press.set(Some(Press {
            ghost: Some((ghost, x - rect.left(), y - rect.top())),
            ..now.clone()
        }));
        let here = self.tasks.get().and_then(|all| {
            all.iter()
                .find(|task| task.id == now.id)
                .map(|task| self.place_of(task))
        });
        spot.set(here);
        lifted.set(Some(now.id));
    }

    fn moved(&self, event: &PointerEvent) {
        let Some(now) = self.press.peek().clone() else {
            return;
        };
        let web = event.as_web_event();
        if web.pointer_id() != now.pointer {
            return;
        }
        let (x, y) = (f64::from(web.client_x()), f64::from(web.client_y()));
        let Some((ghost, dx, dy)) = now.ghost else {
            let far = (x - now.x).hypot(y - now.y);
            if now.touch && far > TOUCH_SLACK {
                // A swipe.
                self.settle();
            } else if !now.touch && far > MOUSE_SLACK {
                self.lift(now.x, now.y);
            }
            return;
        };
        let _ = ghost
            .style()
            .set_property("translate", &format!("{}px {}px", x - dx, y - dy));
        scroll_near_edge(x);
        let found = spot_at(x, y, &now.id);
        let mut spot = self.spot;
        if found.is_some() && *spot.peek() != found {
            spot.set(found);
        }
    }

    fn released(&self) {
        let dragging = self
            .press
            .peek()
            .as_ref()
            .is_some_and(|press| press.ghost.is_some());
        if dragging {
            self.drop_here();
        } else {
            let mut press = self.press;
            press.set(None);
        }
    }

    fn dragging(&self) -> bool {
        self.press
            .try_peek()
            .is_ok_and(|press| press.as_ref().is_some_and(|press| press.ghost.is_some()))
    }
}

/// The place under a point: the column, and the cards whose middle is above.
fn spot_at(x: f64, y: f64, lifted: &cynic::Id) -> Option<Spot> {
    let columns = platform::document()?.query_selector_all("[data-col]").ok()?;
    let elements =
        (0..columns.length()).filter_map(|at| columns.get(at)?.dyn_into::<web_sys::Element>().ok());
    for column in elements {
        let rect = column.get_bounding_client_rect();
        if x < rect.left() || x > rect.right() {
            continue;
        }
        let status = TaskStatus::from_key(&column.get_attribute("data-col")?)?;
        let cards = column.query_selector_all("[data-card]").ok()?;
        let above = (0..cards.length())
            .filter_map(|at| cards.get(at)?.dyn_into::<web_sys::Element>().ok())
            .filter(|card| card.get_attribute("data-card").as_deref() != Some(lifted.inner()))
            .filter(|card| {
                let rect = card.get_bounding_client_rect();
                rect.top() + rect.height() / 2.0 < y
            })
            .count();
        return Some(Spot { status, index: above });
    }
    None
}

/// On a narrow screen the next column comes as the card nears the edge.
fn scroll_near_edge(x: f64) {
    let Some(board) =
        platform::document().and_then(|document| document.query_selector("[data-board]").ok().flatten())
    else {
        return;
    };
    let rect = board.get_bounding_client_rect();
    if x > rect.right() - EDGE {
        board.scroll_by_with_x_and_y(EDGE_STEP, 0.0);
    } else if x < rect.left() + EDGE {
        board.scroll_by_with_x_and_y(-EDGE_STEP, 0.0);
    }
}

/// The board's ground, which hears all pointers.
#[component]
pub(super) fn Surface(board: Board, locked: bool, children: Element) -> Element {
    let mut still = use_hook(|| CopyValue::new(None::<Listener>));
    use_drop(move || board.settle());
    rsx! {
        div {
            class: "board",
            "data-board": "",
            "data-dragging": board.lifted().is_some().then_some(""),
            tabindex: "0",
            role: "region",
            aria_label: "Board",
            onmounted: move |event: MountedEvent| {
                // While a card is in the air a finger must not scroll the page; only a listener of our own can say so.
                if let Some(element) = event.try_as_web_event() {
                    still.set(Some(Listener::new(element, "touchmove", move |event| if board.dragging() { event.prevent_default() })));
                }
            },
            onpointermove: move |event| board.moved(&event),
            onpointerup: move |_| board.released(),
            onpointercancel: move |_| board.settle(),
            oncontextmenu: move |event| if board.dragging() { event.prevent_default() },
            ondragstart: move |event| event.prevent_default(),
            {children}
        }
    }
}
