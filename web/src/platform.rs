//! The few things the app asks of the browser itself.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Document, Element, HtmlElement, Window};

/// The window; `None` only outside a browser.
pub(crate) fn window() -> Option<Window> {
    web_sys::window()
}

/// The document.
pub(crate) fn document() -> Option<Document> {
    window()?.document()
}

/// What is kept in this browser under a name of ours.
pub(crate) fn stored(name: &str) -> Option<String> {
    window()?
        .local_storage()
        .ok()??
        .get_item(&["smartstack.", name].concat())
        .ok()?
}

/// Keeps something in this browser. Private windows may refuse; nothing depends on it.
pub(crate) fn store(name: &str, value: &str) {
    if let Some(Ok(Some(storage))) = window().map(|window| window.local_storage()) {
        let _ = storage.set_item(&["smartstack.", name].concat(), value);
    }
}

/// What is kept in this tab alone, also over a reload, under a name of ours.
pub(crate) fn tab_stored(name: &str) -> Option<String> {
    window()?
        .session_storage()
        .ok()??
        .get_item(&["smartstack.", name].concat())
        .ok()?
}

/// Keeps something in this tab alone.
pub(crate) fn tab_store(name: &str, value: &str) {
    if let Some(Ok(Some(storage))) = window().map(|window| window.session_storage()) {
        let _ = storage.set_item(&["smartstack.", name].concat(), value);
    }
}

/// Forgets what [`store`] kept.
pub(crate) fn unstore(name: &str) {
    if let Some(Ok(Some(storage))) = window().map(|window| window.local_storage()) {
        let _ = storage.remove_item(&["smartstack.", name].concat());
    }
}

/// Takes the question mark off an address that has no parameters: the router always writes one.
pub(crate) fn clean_address() {
    let Some(window) = window() else { return };
    let Ok(address) = window.location().href() else {
        return;
    };
    if let (Some(clean), Ok(history)) = (address.strip_suffix('?'), window.history()) {
        let state = history.state().unwrap_or_default();
        let _ = history.replace_state_with_url(&state, "", Some(clean));
    }
}

/// Loads the page anew, with whatever version of the app the server has by now.
pub(crate) fn reload() {
    if let Some(window) = window() {
        let _ = window.location().reload();
    }
}

/// Leaves the app for another address.
pub(crate) fn go(address: &str) {
    if let Some(window) = window() {
        let _ = window.location().assign(address);
    }
}

/// Whether the person asked the browser to spend little on the network; `false` where it cannot say.
pub(crate) fn saves_data() -> bool {
    let connection =
        window().and_then(|window| js_sys::Reflect::get(&window.navigator(), &"connection".into()).ok());
    connection
        .and_then(|connection| js_sys::Reflect::get(&connection, &"saveData".into()).ok())
        .is_some_and(|saves| saves.is_truthy())
}

/// Whether a media query holds now.
pub(crate) fn media(query: &str) -> bool {
    window()
        .and_then(|window| window.match_media(query).ok().flatten())
        .is_some_and(|media| media.matches())
}

/// Moves the focus to the first element that matches, if it is there.
pub(crate) fn focus(selector: &str) -> bool {
    let found = document().and_then(|document| document.query_selector(selector).ok().flatten());
    found
        .and_then(|element| element.dyn_into::<HtmlElement>().ok())
        .is_some_and(|element| element.focus().is_ok())
}

/// Scrolls what scrolls sideways so that the element in it that matches is seen.
pub(crate) fn reveal(selector: &str) {
    let found = document().and_then(|document| document.query_selector(selector).ok().flatten());
    if let Some(element) = found {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_inline(web_sys::ScrollLogicalPosition::Center);
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Saves what an address of our own answers with as a file.
pub(crate) fn download(address: &str) {
    let Some(document) = document() else { return };
    let link = document.create_element("a").ok();
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        let set = link.set_attribute("href", address).is_ok() && link.set_attribute("download", "").is_ok();
        if set {
            link.click();
        }
    }
}

/// Bytes and other parts as one file in the browser's keeping.
pub(crate) fn blob(parts: &js_sys::Array, kind: &str) -> Option<wasm_bindgen::JsValue> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    let blob = web_sys::Blob::new_with_blob_sequence_and_options(parts, &options).ok()?;
    Some(blob.into())
}

/// Saves a [`blob`] as a file.
pub(crate) fn save(blob: &wasm_bindgen::JsValue, name: &str) {
    let Some((document, blob)) = document().zip(blob.dyn_ref::<web_sys::Blob>()) else {
        return;
    };
    let Ok(address) = web_sys::Url::create_object_url_with_blob(blob) else {
        return;
    };
    let link = document.create_element("a").ok();
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        let set =
            link.set_attribute("href", &address).is_ok() && link.set_attribute("download", name).is_ok();
        if set {
            link.click();
        }
    }
    // The browser has begun to save by the time this runs; the bytes are let go of.
    gloo_timers::callback::Timeout::new(60_000, move || {
        let _ = web_sys::Url::revoke_object_url(&address);
    })
    .forget();
}

/// A chosen file, as something to send.
pub(crate) fn sendable(file: &dioxus::html::FileData) -> Option<wasm_bindgen::JsValue> {
    let file: &web_sys::File = file.inner().downcast_ref()?;
    Some(file.clone().into())
}

/// The element that has the focus.
pub(crate) fn focused() -> Option<Element> {
    document()?.active_element()
}

/// Puts a text on the clipboard; false when the browser does not allow it.
pub(crate) async fn copy(text: &str) -> bool {
    let Some(window) = window() else { return false };
    let clipboard = js_sys::Reflect::get(&window.navigator(), &"clipboard".into()).ok();
    let write = clipboard
        .as_ref()
        .and_then(|clipboard| js_sys::Reflect::get(clipboard, &"writeText".into()).ok());
    let (Some(clipboard), Some(Ok(write))) = (clipboard, write.map(JsCast::dyn_into::<js_sys::Function>))
    else {
        return false;
    };
    let Ok(promise) = write.call1(&clipboard, &text.into()) else {
        return false;
    };
    wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&promise))
        .await
        .is_ok()
}

/// A key that no other request of anybody has: for `idempotencyKey`. 96 random bits and the time.
pub(crate) fn random_key() -> String {
    let part = || format!("{:08x}", (js_sys::Math::random() * f64::from(u32::MAX)) as u32);
    let now = format!("{:x}", js_sys::Date::now() as u64);
    [now.as_str(), "-", &part(), &part(), &part()].concat()
}

/// Listens for an event of the window or document as long as it lives.
pub(crate) struct Listener {
    target: web_sys::EventTarget,
    event: &'static str,
    callback: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listener {
    /// Calls back at each `event` on `target`; events can be prevented.
    pub(crate) fn new(
        target: impl Into<web_sys::EventTarget>,
        event: &'static str,
        callback: impl FnMut(web_sys::Event) + 'static,
    ) -> Self {
        let target = target.into();
        let callback = Closure::<dyn FnMut(web_sys::Event)>::new(callback);
        let options = web_sys::AddEventListenerOptions::new();
        options.set_passive(false);
        let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
            event,
            callback.as_ref().unchecked_ref(),
            &options,
        );
        Self {
            target,
            event,
            callback,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, self.callback.as_ref().unchecked_ref());
    }
}

/// A text that no other call gives: for idempotency keys. Not a secret.
pub(crate) fn unique() -> String {
    let part = || {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a random in [0, 2^32)"
        )]
        let bits = (js_sys::Math::random() * 4_294_967_296.0) as u32;
        format!("{bits:08x}")
    };
    [part(), part(), part(), part()].concat()
}
