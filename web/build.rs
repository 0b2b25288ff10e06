//! Registers the GraphQL schema, so that every query in the crate is checked against it,
//! says whether the app is divided into parts, and gives a release the hashes of its documents.

fn main() {
    // Only what is cut afterwards may have parts: a release. Outside of a browser, where nothing
    // needs fetching, the code for parts is compiled as well, so that checks see it.
    let browser = std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm");
    println!("cargo::rustc-check-cfg=cfg(split, trusted)");
    let split = std::env::var_os("CARGO_FEATURE_SPLIT").is_some();
    if split || !browser {
        println!("cargo::rustc-cfg=split");
    }
    if split && browser {
        // Cutting goes by what refers to what, which the linker otherwise forgets.
        println!("cargo::rustc-link-arg=--emit-relocs");
        println!("cargo::rustc-cfg=trusted");
        hashes();
    }
    let registered = cynic_codegen::register_schema("smartstack")
        .from_sdl_file("../schema/schema.graphql")
        .and_then(|schema| schema.as_default());
    if let Err(error) = registered {
        println!("cargo::error=schema/schema.graphql: {error}");
    }
}

/// Hands the hash of every listed document to the crate, which looks it up by the document's place: see
/// `gql/document.rs`. The list has a document on each line.
fn hashes() {
    const LIST: &str = "../schema/documents.json";
    println!("cargo::rerun-if-changed={LIST}");
    let list = std::fs::read_to_string(LIST).unwrap_or_default();
    for line in list.lines() {
        let mut texts = line.split('"');
        if let (Some(name), Some("sha256"), Some(hash)) = (texts.nth(1), texts.nth(1), texts.nth(1)) {
            println!("cargo::rustc-env=DOCUMENT_{name}={hash}");
        }
    }
}
