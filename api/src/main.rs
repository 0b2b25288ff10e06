//! `smartstack-api`: see `smartstack-api --help`.

use std::process::ExitCode;

/// Answers are many small allocations on several threads; the system's allocator spends a tenth of a
/// request on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    smartstack_api::cli::main()
}
