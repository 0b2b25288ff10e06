//! The single-page app: Dioxus in the browser, GraphQL behind it.
//!
//! `gql` talks to the server, `ui` holds the atoms, `page` the screens with their queries,
//! `lazy` brings a screen's code when it is first shown, `fmt` what people read, `platform` what is asked of the browser.

mod account;
mod app;
mod fmt;
mod gql;
mod lazy;
mod page;
mod platform;
mod route;
mod session;
mod shortcut;
mod transfer;
mod ui;

/// Types of `schema/schema.graphql`; queries that do not fit them do not compile.
#[cynic::schema("smartstack")]
#[allow(missing_docs, unreachable_pub)]
mod schema {}

fn main() {
    dioxus::launch(app::App);
}
