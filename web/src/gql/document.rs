//! What the app asks: documents, each known to the server by its hash.
//!
//! Where queries are is where they are listed, with [`documents!`](crate::gql::documents). The parts of a release
//! hold no text of a document, and nothing that could put one together: its hash is sent, and the server has the
//! text from `schema/documents.json`. A build for development sends texts, so that a changed query works before
//! `cargo xtask gen` has listed it.

use std::marker::PhantomData;

use serde::{Serialize, de::DeserializeOwned};

use super::Error;

/// The answer to a document of the app.
pub(crate) trait Ask: DeserializeOwned + Sized + 'static {
    /// What it is asked with.
    type Variables: Serialize;

    /// SHA-256 of the text.
    #[cfg(trusted)]
    const HASH: &'static str;

    /// The text.
    #[cfg(not(trusted))]
    fn text() -> String;

    /// The document with its variables, to be sent.
    fn build(variables: Self::Variables) -> Asked<Self> {
        Asked {
            variables,
            answer: PhantomData,
        }
    }
}

/// A document with its variables.
pub(crate) struct Asked<T: Ask> {
    variables: T::Variables,
    answer: PhantomData<fn() -> T>,
}

impl<T: Ask> Asked<T> {
    /// The JSON to send.
    pub(crate) fn body(&self) -> Result<String, Error> {
        let variables =
            serde_json::to_string(&self.variables).map_err(|_| Error::fault("This cannot be sent."))?;
        #[cfg(trusted)]
        let document = T::HASH;
        #[cfg(not(trusted))]
        let document = &T::text();
        Ok(body(document, &variables))
    }
}

/// As automatic persisted queries are asked for: by the hash alone.
#[cfg(trusted)]
fn body(hash: &str, variables: &str) -> String {
    [
        r#"{"extensions":{"persistedQuery":{"version":1,"sha256Hash":""#,
        hash,
        r#""}},"variables":"#,
        variables,
        "}",
    ]
    .concat()
}

#[cfg(not(trusted))]
fn body(text: &str, variables: &str) -> String {
    let text = serde_json::Value::from(text).to_string();
    [r#"{"query":"#, &text, r#","variables":"#, variables, "}"].concat()
}

/// Lists the documents of a module, each by the type of its answer and that of its variables.
macro_rules! documents {
    ($($kind:ident $answer:ident($variables:ty);)+) => {
        $(
            impl $crate::gql::Ask for $answer {
                type Variables = $variables;

                #[cfg(trusted)]
                const HASH: &'static str = env!(
                    concat!("DOCUMENT_", module_path!(), "::", stringify!($answer)),
                    "this document is not in schema/documents.json: `cargo xtask gen` lists it"
                );

                #[cfg(not(trusted))]
                fn text() -> String {
                    $crate::gql::document::text::$kind::<Self, $variables>()
                }
            }
        )+

        #[cfg(test)]
        #[allow(non_snake_case, reason = "named like what they are about")]
        mod documents {
            $(
                #[test]
                fn $answer() {
                    let text = <super::$answer as $crate::gql::Ask>::text();
                    $crate::gql::document::listed::check(module_path!(), stringify!($answer), &text);
                }
            )+
        }
    };
}
pub(crate) use documents;

/// Texts, put together of the types. Only of a query that asks what its variables give.
#[cfg(not(trusted))]
pub(crate) mod text {
    use std::collections::HashSet;

    use cynic::{
        QueryFragment, QueryVariables,
        queries::{OperationType, build_executable_document},
        schema::{MutationRoot, QueryRoot, SubscriptionRoot},
    };

    macro_rules! kinds {
        ($($name:ident: $root:ident, $kind:ident;)+) => {$(
            pub(crate) fn $name<T, V>() -> String
            where
                V: QueryVariables,
                T: QueryFragment<VariablesFields = V::Fields>,
                T::SchemaType: $root,
            {
                build_executable_document::<T, V>(OperationType::$kind, T::name().as_deref(), HashSet::new(), None)
            }
        )+};
    }

    kinds! {
        query: QueryRoot, Query;
        mutation: MutationRoot, Mutation;
        subscription: SubscriptionRoot, Subscription;
    }
}

/// The list that is committed.
#[cfg(test)]
pub(crate) mod listed {
    use std::{collections::BTreeMap, path::Path};

    use serde_json::Value;

    /// Where `cargo xtask gen` wants the texts, a file each.
    const FOLDER: &str = "SMARTSTACK_DOCUMENTS";

    /// Whether a document is in the list as it is; or writes it down for the list that is to be made.
    pub(crate) fn check(module: &str, name: &str, text: &str) {
        // The test is in a module of its own, below that of the document.
        let module = module.strip_suffix("::documents").expect("a module of documents");
        let name = format!("{module}::{name}");
        if let Some(folder) = std::env::var_os(FOLDER) {
            std::fs::write(Path::new(&folder).join(name), text).expect("a file");
            return;
        }
        let list = include_str!("../../../schema/documents.json");
        let list: BTreeMap<String, Value> = serde_json::from_str(list).expect("a list");
        let listed = list.get(&name).map(|one| &one["document"]);
        assert_eq!(listed, Some(&Value::from(text)), "`cargo xtask gen` lists {name}");
    }
}
