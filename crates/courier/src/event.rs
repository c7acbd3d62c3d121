//! A letter in, a CloudEvent out: <https://cloudevents.io>, version 1.0, in structured JSON.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::letter::Letter;

/// A CloudEvent that carries a letter.
#[derive(Debug, Serialize)]
pub struct Event<'l> {
    specversion: &'static str,
    /// The same for the same news to the same team, so that receivers can drop what comes twice.
    pub id: String,
    source: String,
    r#type: &'static str,
    subject: &'l str,
    time: String,
    datacontenttype: &'static str,
    data: &'l Letter,
}

impl<'l> Event<'l> {
    /// Wraps a letter; `source` names where it comes from, `time` is an RFC 3339 time stamp.
    pub fn new(letter: &'l Letter, source: &str, time: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(letter.team.as_bytes());
        for item in &letter.items {
            hash.update([0xff]);
            hash.update(item.fingerprint.as_bytes());
        }
        Self {
            specversion: "1.0",
            id: hex(hash.finalize().get(..16).unwrap_or_default()),
            source: source.to_owned(),
            r#type: "org.meshlaw.contract.notice.v1",
            subject: &letter.team,
            time: time.to_owned(),
            datacontenttype: "application/json",
            data: letter,
        }
    }
}

/// Returns what the header `x-meshlaw-signature-256` says of a body: HMAC-SHA256 with the secret
/// that both sides know, as `sha256=` and hexadecimal digits.
pub fn signature(secret: &str, body: &str) -> String {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body.as_bytes());
    format!("sha256={}", hex(&mac.finalize().into_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_standard() {
        // RFC 4231, test case 2.
        assert_eq!(
            signature("Jefe", "what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
