//! The contract that server and browser share: typed ids, enums and error codes.
//!
//! Nothing here does I/O or needs a clock or randomness, so the crate compiles for
//! `wasm32-unknown-unknown` as it is.
//!
//! # Adding an id
//! Add one line to the `typed_ids!` list in `id.rs`: documentation, the Rust name, the prefix. The
//! prefix is public and permanent: it is stored in clients' systems.
//!
//! # Adding an enum or a value
//! Add it to `enums.rs` with `wire_enum!`, to the CHECK constraint of the column that stores it
//! (crate `smartstack-migrations`), and map it in the API with `#[graphql(remote = …)]`. Values go
//! over the wire and into the database in SCREAMING_SNAKE_CASE, the same text in both.

mod enums;
mod error;
mod id;
mod scope;

pub use enums::*;
pub use error::{ErrorCode, UserErrorCode};
pub use id::*;
pub use scope::TokenScope;
