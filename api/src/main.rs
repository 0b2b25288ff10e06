//! `smartstack-api`: see `smartstack-api --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    smartstack_api::cli::main()
}
