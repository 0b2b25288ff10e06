//! Where a request comes from, for throttling and the audit log.

use poem::Request;

use crate::config::Config;

/// The caller's network address: the connection's other end, or what the
/// proxy in front says, where one is configured.
pub fn of(config: &Config, req: &Request) -> String {
    let proxied = config.client_address_header.as_ref().and_then(|name| {
        let value = req.headers().get(name)?.to_str().ok()?.trim();
        // Only an address is taken; the header's own syntax is the proxy's business.
        value.parse::<std::net::IpAddr>().ok()
    });
    match (proxied, req.remote_addr().as_socket_addr()) {
        (Some(address), _) => address.to_string(),
        (None, Some(socket)) => socket.ip().to_string(),
        (None, None) => "unknown".to_owned(),
    }
}
