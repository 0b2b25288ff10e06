//! Places where a test can make the worker die, hang or fail, to prove that nothing is lost there.
//!
//! Set by the environment variable `FAILPOINTS`, for instance
//! `FAILPOINTS='worker::before_write=1*return(abort)'` (grammar: crate `fail`). The values of `return`:
//! `abort` ends the process at once, as `kill -9` would; `wait:FILE` says so in the log and goes on once the
//! file is there; `error` fails as an unreachable store does; `panic` panics.
//!
//! Present in builds with debug assertions only: in a release build nothing of it is left, whatever the
//! features say.

/// The error that `return(error)` makes.
#[derive(Debug, thiserror::Error)]
#[error("fail point {0}")]
pub struct Failed(pub &'static str);

/// Keeps the points that are set; they end when it is dropped.
#[must_use = "the fail points end when this is dropped"]
pub struct FailPoints {
    #[cfg(all(feature = "failpoints", debug_assertions))]
    _scenario: fail::FailScenario<'static>,
}

/// Sets the points up from `FAILPOINTS`.
pub fn setup() -> FailPoints {
    FailPoints {
        #[cfg(all(feature = "failpoints", debug_assertions))]
        _scenario: fail::FailScenario::setup(),
    }
}

/// Passes the point `name`; does nothing unless a test has set it.
///
/// # Errors
/// Only where a test asked for one.
#[cfg(all(feature = "failpoints", debug_assertions))]
pub async fn pass(name: &'static str) -> Result<(), Failed> {
    let action = fail::eval(name, Option::unwrap_or_default);
    match action.as_deref() {
        None => Ok(()),
        Some("abort") => std::process::abort(),
        Some("panic") => panic!("fail point {name}"),
        Some(action) => {
            let Some(file) = action.strip_prefix("wait:") else {
                return Err(Failed(name));
            };
            tracing::warn!(point = name, "fail point reached, waiting");
            while !std::path::Path::new(file).exists() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            Ok(())
        }
    }
}

/// Passes the point `name`: nothing, in a build that ships.
///
/// # Errors
/// Never.
#[cfg(not(all(feature = "failpoints", debug_assertions)))]
#[expect(clippy::unused_async, reason = "the same signature as in builds for tests")]
pub async fn pass(_name: &'static str) -> Result<(), Failed> {
    Ok(())
}
