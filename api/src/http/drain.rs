//! Stopping without failing a request.
//!
//! A process that is told to stop says at once that it is not ready, and asks each caller to close its
//! connection. It goes on accepting meanwhile: a balancer needs a moment to notice, and a caller whose
//! connection was just closed opens a new one. Only when nobody has come for a while does the port close.
//! Closing it earlier would reset the connections that wait to be accepted, each with a request on its way.

use std::{io, time::Duration};

use poem::{
    http::uri::Scheme,
    listener::{Acceptor, TcpAcceptor},
    web::{LocalAddr, RemoteAddr},
};
use tokio::{net::TcpStream, sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

/// How long the port stays open at least: balancers commonly ask for readiness each second or two.
const AT_LEAST: Duration = Duration::from_secs(2);
/// Nobody has come for so long: nobody is going to.
const QUIET: Duration = Duration::from_secs(1);
/// When the port closes all the same; what is left of the 30 s that platforms grant is for requests.
const AT_MOST: Duration = Duration::from_secs(8);

/// Accepts connections, and remembers when the last one came.
pub struct Gate {
    inner: TcpAcceptor,
    last: watch::Sender<Instant>,
}

/// Says when the last connection came.
pub struct Visits(watch::Receiver<Instant>);

impl Gate {
    /// Watches over `inner`.
    pub fn new(inner: TcpAcceptor) -> (Self, Visits) {
        let (last, visits) = watch::channel(Instant::now());
        (Self { inner, last }, Visits(visits))
    }
}

impl Acceptor for Gate {
    type Io = TcpStream;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.inner.local_addr()
    }

    async fn accept(&mut self) -> io::Result<(TcpStream, LocalAddr, RemoteAddr, Scheme)> {
        let accepted = self.inner.accept().await?;
        self.last.send_replace(Instant::now());
        Ok(accepted)
    }
}

impl Visits {
    /// Resolves when the port may close: told to stop, and nobody has come for a while.
    pub async fn over(mut self, draining: CancellationToken) {
        draining.cancelled().await;
        let told = Instant::now();
        tokio::time::sleep_until(told + AT_LEAST).await;
        let quiet = async {
            loop {
                let last = *self.0.borrow_and_update();
                tokio::select! {
                    () = tokio::time::sleep_until(last + QUIET) => return,
                    Ok(()) = self.0.changed() => {}
                }
            }
        };
        if tokio::time::timeout(AT_MOST - AT_LEAST, quiet).await.is_err() {
            tracing::warn!("callers keep coming though readiness says no; the port closes all the same");
        }
    }
}
