//! A file on the paste page: read into the box where it is plain text, sent as it is where it is not.

use dioxus::{html::FileData, prelude::*};

use super::query::PlanStartInput;
use crate::{
    gql::{
        Error,
        upload::{FILE_MAX_BYTES, upload},
    },
    ui::prelude::*,
};

/// A text larger than this is hardly looked through in a box.
const TEXT_MAX_BYTES: u64 = 1_000_000;

/// What becomes of a chosen file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Take {
    /// Its text goes into the box, where it can be seen and changed.
    Read,
    /// The server reads it.
    Send,
    /// It is not taken, and why.
    Refuse(&'static str),
}

/// By its name and size; what it holds, the server finds out.
pub(super) fn take(name: &str, bytes: u64) -> Take {
    let name = name.to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if bytes > FILE_MAX_BYTES {
        return Take::Refuse("The file is larger than 10 MiB. Paste the part that matters.");
    }
    if ends(&[".txt", ".md", ".markdown", ".text"]) && bytes <= TEXT_MAX_BYTES {
        return Take::Read;
    }
    if ends(&[".png", ".jpg", ".jpeg", ".gif", ".heic", ".webp"]) {
        return Take::Refuse("Text in pictures cannot be read here. Type out the part that matters.");
    }
    if ends(&[
        ".zip", ".doc", ".xls", ".xlsx", ".ppt", ".pptx", ".pages", ".odt", ".rtf",
    ]) {
        return Take::Refuse("Such files cannot be read here. Save it as PDF or .docx, or copy the text.");
    }
    Take::Send
}

/// A file's name without its ending, as words.
pub(super) fn stem(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.replace('_', " ")
}

/// Sends the file where a text would go; answers with the job's id.
pub(super) async fn send(file: &FileData, input: &PlanStartInput) -> Result<String, Error> {
    let unreadable = |_| Error::fault("The browser could not read the file.");
    let bytes = file.read_bytes().await.map_err(unreadable)?;
    let mut fields = vec![
        ("fileName", file.name()),
        ("useCase", input.use_case.key().to_uppercase()),
    ];
    let mut add = |name: &'static str, value: Option<String>| {
        fields.extend(value.map(|value| (name, value)));
    };
    add(
        "projectId",
        input.project_id.as_ref().map(|id| id.inner().to_owned()),
    );
    if let Some(project) = &input.new_project {
        add("newProjectName", Some(project.name.clone()));
        add(
            "clientId",
            project.client_id.as_ref().map(|id| id.inner().to_owned()),
        );
        add("newClientName", project.new_client_name.clone());
    }
    add("today", input.today.map(crate::fmt::Day::iso));
    add("idempotencyKey", input.idempotency_key.clone());
    let sent = upload(&fields, &bytes).await?;
    sent.job
        .ok_or_else(|| Error::fault("The file was kept, but nothing was started. Open it under Documents."))
}

/// The chosen file, in place of the box.
#[component]
pub(super) fn FileCard(name: String, size: u64, onremove: EventHandler<()>) -> Element {
    let size = crate::fmt::size::show(i32::try_from(size).unwrap_or(i32::MAX));
    rsx! {
        div { class: "paste-card",
            Icon { glyph: Glyph::File }
            div { class: "paste-card-name",
                strong { class: "trunc", {name} }
                span { class: "num", {size} }
            }
            Btn { variant: Variant::Ghost, size: BtnSize::Small, icon: Glyph::X, onclick: move |_| onremove.call(()), "Remove" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_read_and_the_rest_is_sent() {
        assert_eq!(take("Brief.TXT", 10), Take::Read);
        assert_eq!(take("notes.md", 10), Take::Read);
        assert_eq!(take("long.txt", 2_000_000), Take::Send);
        for name in ["mail.eml", "brief.pdf", "brief.docx", "page.html", "notes"] {
            assert_eq!(take(name, 10), Take::Send, "{name}");
        }
        assert!(matches!(take("photo.JPG", 10), Take::Refuse(_)));
        assert!(matches!(take("old.doc", 10), Take::Refuse(_)));
        assert!(matches!(take("brief.pdf", 11_000_000), Take::Refuse(_)));
        assert_eq!(stem("Second_shop.v2.pdf"), "Second shop.v2");
    }
}
