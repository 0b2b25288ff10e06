//! Registers the GraphQL schema, so that every query in the crate is checked against it, and
//! says whether the app is divided into parts.

fn main() {
    // Only what is cut afterwards may have parts: a release. Outside of a browser, where nothing
    // needs fetching, the code for parts is compiled as well, so that checks see it.
    let browser = std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm");
    println!("cargo::rustc-check-cfg=cfg(split)");
    let split = std::env::var_os("CARGO_FEATURE_SPLIT").is_some();
    if split || !browser {
        println!("cargo::rustc-cfg=split");
    }
    if split && browser {
        // Cutting goes by what refers to what, which the linker otherwise forgets.
        println!("cargo::rustc-link-arg=--emit-relocs");
    }
    let registered = cynic_codegen::register_schema("smartstack")
        .from_sdl_file("../schema/schema.graphql")
        .and_then(|schema| schema.as_default());
    if let Err(error) = registered {
        println!("cargo::error=schema/schema.graphql: {error}");
    }
}
