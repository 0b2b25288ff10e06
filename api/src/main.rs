//! `smartstack-api`: see `smartstack-api --help`.

use std::process::ExitCode;

/// Answers are many small allocations on several threads, which this one serves without contention.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    smartstack_api::cli::main()
}
