//! Signatures and secrets as the Standard Webhooks specification has them
//! (<https://github.com/standard-webhooks/standard-webhooks>, version 1.0.0).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::Sha256;

/// What every secret begins with, so that people and scanners know one when they see it.
pub const SECRET_PREFIX: &str = "whsec_";
/// Bytes of a secret: within the 24 to 64 that the specification asks for, as long as the key's hash.
pub const SECRET_BYTES: usize = 32;

/// What a receiver checks messages with.
pub type Secret = SecretBox<Vec<u8>>;

/// The secret as its owner is shown it, once: `whsec_` and base64.
pub fn written(secret: &Secret) -> SecretString {
    format!("{SECRET_PREFIX}{}", STANDARD.encode(secret.expose_secret())).into()
}

/// The value of `webhook-signature`: one signature for each secret, the current one first, apart by spaces.
///
/// `timestamp` is in seconds since 1970 and goes into `webhook-timestamp`; `id` goes into `webhook-id`.
pub fn sign(secrets: &[Secret], id: &str, timestamp: i64, body: &str) -> String {
    let one = |secret: &Secret| {
        let mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret())
            .expect("HMAC takes any key")
            .chain_update(format!("{id}.{timestamp}."))
            .chain_update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        SecretBox::new(Box::new(STANDARD.decode(text).expect("base64")))
    }

    /// The example of the specification.
    #[test]
    fn the_published_example_is_reproduced() {
        let secret = secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert_eq!(
            written(&secret).expose_secret(),
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        );
        let signature = sign(
            &[secret],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn every_secret_signs_and_every_part_counts() {
        let keys = || [secret("AAAA"), secret("BBBB")];
        let both = sign(&keys(), "msg_1", 1, "{}");
        let [new, old] = keys();
        let (new, old) = (sign(&[new], "msg_1", 1, "{}"), sign(&[old], "msg_1", 1, "{}"));
        assert_eq!(both, format!("{new} {old}"));
        assert_ne!(new, old);
        for other in [
            sign(&[secret("AAAA")], "msg_2", 1, "{}"),
            sign(&[secret("AAAA")], "msg_1", 2, "{}"),
            sign(&[secret("AAAA")], "msg_1", 1, "[]"),
        ] {
            assert_ne!(other, new);
        }
    }
}
