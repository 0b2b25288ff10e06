//! Parts of the app that a browser fetches when they are first shown.
//!
//! In a release each part is a wasm file of its own (`xtask/src/web/split.rs` does the cutting).
//! What several parts use goes into files that they share. What is reached without passing through
//! [`lazy!`] or [`pages!`] stays in the first file, which everybody waits for: so outside of
//! `route.rs` no screen is named by its module. The build for development keeps all in one file,
//! where these macros are plain `use`s.

#[cfg(split)]
mod ahead;
#[cfg(split)]
mod part;

#[cfg(split)]
pub(crate) use ahead::{Ahead, bring_signed_in, use_ahead};
#[cfg(split)]
pub(crate) use part::{Fetch, Fetching, Stand, now, use_part};

/// Declares components whose code is fetched when they are first shown.
///
/// `[part] Component { props } = module;`. Components of one part are in one file and arrive
/// together: give the same part to what is used together. A part is declared in one place, where it
/// becomes a module: `part::fetch` brings it ahead of time.
macro_rules! lazy {
    ($stand:ident: $([$part:ident] $($name:ident { $($prop:ident: $type:ty),* } = $($module:ident)::+;)+)+) => { $(
        #[cfg(not(split))]
        #[allow(unused_imports)]
        pub(crate) use { $($($module)::+::$name),+ };

        #[cfg(split)]
        #[allow(unused_imports)]
        pub(crate) use $part::{$($name),+};

        #[cfg(split)]
        pub(crate) mod $part {
            #[allow(unused_imports)]
            use super::*;

            /// What of the part is to be shown.
            #[allow(clippy::enum_variant_names, reason = "screens of one part are often named alike")]
            pub(crate) enum Shown {
                $($name { $($prop: $type),* }),+
            }

            // The one way in: what is behind it is the part.
            #[wasm_split_helpers::wasm_split($part, fallible, preload(bring))]
            pub(crate) fn show(shown: Shown) -> Result<Element, wasm_split_helpers::SplitLoaderError> {
                Ok(match shown {
                    $(Shown::$name { $($prop),* } => {
                        use $($module)::+::$name as Body;
                        rsx! { Body { $($prop),* } }
                    })+
                })
            }

            /// Brings the part; once it is here, this is done at once.
            pub(crate) fn fetch() -> $crate::lazy::Fetching {
                Box::pin(bring())
            }

            $(
                #[component]
                pub(crate) fn $name($($prop: $type),*) -> Element {
                    match $crate::lazy::use_part(fetch, $crate::lazy::Stand::$stand) {
                        Some(waiting) => waiting,
                        // The part is here, so this is answered at once.
                        None => $crate::lazy::now(show(Shown::$name { $($prop),* })),
                    }
                }
            )+
        }
    )+ };
}
pub(crate) use lazy;

/// Declares the screens of [`Route`](crate::route::Route), as [`lazy!`] does, and how each is
/// fetched ahead of time.
macro_rules! pages {
    ($([$part:ident] $($name:ident { $($prop:ident: $type:ty),* } = $($module:ident)::+;)+)+) => {
        $crate::lazy::lazy! { Page: $([$part] $($name { $($prop: $type),* } = $($module)::+;)+)+ }

        /// How the code of a screen is fetched.
        #[cfg(split)]
        pub(crate) fn fetch(route: &$crate::route::Route) -> $crate::lazy::Fetch {
            match route { $($(
                $crate::route::Route::$name { .. } => $part::fetch,
            )+)+ }
        }
    };
}
pub(crate) use pages;
