//! How AWS is reached: credentials and region from where AWS programs look for them (environment, profile,
//! the machine's role), TLS by rustls over ring. Nothing is tried twice in here: who calls owns that.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::Credentials;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

/// How long making a connection may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// The configuration for one service: `endpoint` where it is not AWS's own (a VPC endpoint, a stand-in),
/// `region` where something else says it already. One request may take `within`.
pub(super) async fn config(region: Option<&str>, endpoint: Option<&str>, within: Duration) -> SdkConfig {
    let http = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_WITHIN)
        .operation_timeout(within)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(RetryConfig::disabled())
        // A model may think for long before its next word; the caller watches the clock.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .timeout_config(timeouts);
    let stand_in = endpoint.is_some_and(is_stand_in);
    // Where a stand-in is, no machine role need be asked for: that would be a request to somewhere else.
    if let Some(region) = region.or(stand_in.then_some("us-east-1")) {
        loader = loader.region(Region::new(region.to_owned()));
    }
    if let Some(endpoint) = endpoint {
        loader = loader.endpoint_url(endpoint);
        if stand_in {
            // It wants some signature, and must never see a real key's.
            loader =
                loader.credentials_provider(Credentials::new("stand-in", "stand-in", None, None, "stand-in"));
        }
    }
    loader.load().await
}

/// Whether this is a plain address on this machine: no AWS, for certain.
fn is_stand_in(endpoint: &str) -> bool {
    let host = endpoint.strip_prefix("http://").unwrap_or_default();
    let host = host.split(['/', ':']).next().unwrap_or_default();
    matches!(host, "127.0.0.1" | "localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_of_this_machine_are_stand_ins() {
        for (endpoint, stand_in) in [
            ("http://127.0.0.1:4566", true),
            ("http://localhost/", true),
            ("https://127.0.0.1:4566", false),
            ("http://127.0.0.1.evil.example", false),
            ("https://sqs.eu-central-1.amazonaws.com", false),
        ] {
            assert_eq!(is_stand_in(endpoint), stand_in, "{endpoint}");
        }
    }
}
