//! Bytes and keys in, signatures in the form of minisign out, and whether one holds.
//!
//! What strangers send is only ever verified, by a crate that does nothing else.

use std::fmt;

use minisign::{KeyPair, SecretKeyBox};

use crate::error::SignatureError;

/// A key by which signatures are verified, shown as minisign shows it: `RW…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    text: String,
    key: minisign_verify::PublicKey,
}

/// A key that signs.
pub struct SecretKey(minisign::SecretKey);

impl PublicKey {
    /// Reads a key: the line itself, or the file that `minisign -G` writes.
    ///
    /// # Errors
    ///
    /// Fails where the text is no key.
    pub fn parse(text: &str) -> Result<Self, SignatureError> {
        let wrong = || SignatureError::PublicKey(text.trim().chars().take(80).collect());
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let line = lines.find(|line| !line.starts_with("untrusted comment:"));
        let line = line.ok_or_else(wrong)?;
        let key = minisign_verify::PublicKey::from_base64(line).map_err(|_| wrong())?;
        Ok(Self {
            text: line.to_owned(),
            key,
        })
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Tells which of the keys signed the bytes.
///
/// Only signatures over a hash of the bytes count, which are all that minisign has made for years.
///
/// # Errors
///
/// Says why none of them did.
pub fn verify<'k>(
    bytes: &[u8],
    signature: &str,
    keys: &'k [PublicKey],
) -> Result<&'k PublicKey, SignatureError> {
    if keys.is_empty() {
        return Err(SignatureError::NoKeys);
    }
    let signature = minisign_verify::Signature::decode(signature)
        .map_err(|error| SignatureError::Malformed(error.to_string()))?;
    let mut keys = keys.iter();
    let signer = keys.find(|one| one.key.verify(bytes, &signature, false).is_ok());
    signer.ok_or(SignatureError::Unknown)
}

impl SecretKey {
    /// Makes a key.
    ///
    /// # Errors
    ///
    /// Fails where the system gives no random numbers.
    pub fn generate() -> Result<Self, SignatureError> {
        let pair = KeyPair::generate_unencrypted_keypair();
        let pair = pair.map_err(|error| SignatureError::NotMade(error.to_string()))?;
        Ok(Self(pair.sk))
    }

    /// Makes a key, and the text of its file under a password.
    ///
    /// # Errors
    ///
    /// Fails where the system gives no random numbers.
    pub fn generate_under(password: &str) -> Result<(PublicKey, String), SignatureError> {
        let made = |error: minisign::PError| SignatureError::NotMade(error.to_string());
        let pair = KeyPair::generate_encrypted_keypair(Some(password.to_owned())).map_err(made)?;
        let text = pair.sk.to_box(None).map_err(made)?.into_string();
        Ok((PublicKey::parse(&pair.pk.to_base64())?, text))
    }

    /// Reads a key from the text of its file.
    ///
    /// # Errors
    ///
    /// Fails where the text is no key, or lies under another password.
    pub fn parse(text: &str, password: Option<&str>) -> Result<Self, SignatureError> {
        let of = || SecretKeyBox::from(text.to_owned());
        let wrong = |error: minisign::PError| SignatureError::SecretKey(error.to_string());
        match (of().into_unencrypted_secret_key(), password) {
            (Ok(key), _) => Ok(Self(key)),
            (Err(error), None) => Err(wrong(error)),
            (Err(_), Some(password)) => {
                let key = of().into_secret_key(Some(password.to_owned()));
                key.map(Self).map_err(wrong)
            }
        }
    }

    /// Writes the text of its file, without a password.
    ///
    /// # Errors
    ///
    /// Fails where the key has no such form, which it always has.
    pub fn to_text(&self) -> Result<String, SignatureError> {
        let text = self.0.to_box(None);
        text.map(minisign::SecretKeyBox::into_string)
            .map_err(|error| SignatureError::NotMade(error.to_string()))
    }

    /// Returns the key by which its signatures are verified.
    ///
    /// # Errors
    ///
    /// Fails where the secret key lacks it.
    pub fn public(&self) -> Result<PublicKey, SignatureError> {
        let key = minisign::PublicKey::from_secret_key(&self.0);
        let key = key.map_err(|error| SignatureError::SecretKey(error.to_string()))?;
        PublicKey::parse(&key.to_base64())
    }

    /// Signs bytes; the comment is signed with them.
    ///
    /// # Errors
    ///
    /// Fails where the system gives no random numbers.
    pub fn sign(&self, bytes: &[u8], comment: &str) -> Result<String, SignatureError> {
        let signed = minisign::sign(None, &self.0, bytes, Some(comment), None);
        signed
            .map(minisign::SignatureBox::into_string)
            .map_err(|error| SignatureError::NotMade(error.to_string()))
    }
}
