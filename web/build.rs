//! Registers the GraphQL schema, so that every query in the crate is checked against it.

fn main() {
    let registered = cynic_codegen::register_schema("smartstack")
        .from_sdl_file("../schema/schema.graphql")
        .and_then(|schema| schema.as_default());
    if let Err(error) = registered {
        println!("cargo::error=schema/schema.graphql: {error}");
    }
}
