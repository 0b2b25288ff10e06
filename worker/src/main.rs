//! Entry point: see `smartstack_worker::cli`.

use clap::Parser as _;

fn main() -> std::process::ExitCode {
    // Outside the runtime, since the guard has to stay on this thread.
    let _fail_points = smartstack_worker::failpoint::setup();
    match smartstack_worker::cli::Cli::parse().run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            // Alternate form: the causes too, on one line.
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
