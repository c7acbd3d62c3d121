//! A letter in, an e-mail out: as a file, or by SMTP.

use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::{SmtpTransport, Transport};

use crate::letter::Letter;

/// Tries of one mail before it has failed.
const TRIES: u32 = 3;

/// How long the second try waits; each further one waits twice as long.
const PAUSE: Duration = Duration::from_millis(500);

/// A mail that is ready to go.
#[derive(Debug, Clone)]
pub struct Mail(Message);

/// A server that takes mail.
#[derive(Debug)]
pub struct Post(SmtpTransport);

/// A mail that could not be written or sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// An address is none.
    #[error("`{0}` is no address of a mailbox")]
    NoAddress(String),
    /// The mail cannot be written.
    #[error("the mail cannot be written: {0}")]
    Unwritable(String),
    /// The address of the server is none.
    #[error("the address of the mail server is no URL such as `smtps://user:password@host`")]
    NoServer,
    /// The server did not take it.
    #[error("the mail server did not take it: {0}")]
    Refused(String),
}

impl Mail {
    /// Writes a letter; `id` becomes the message id, so that mail programs show the news once.
    ///
    /// # Errors
    ///
    /// Fails where an address is none.
    pub fn write(letter: &Letter, from: &str, to: &str, id: &str) -> Result<Self, MailError> {
        let mailbox = |text: &str| {
            let parsed: Result<Mailbox, _> = text.parse();
            parsed.map_err(|_| MailError::NoAddress(text.to_owned()))
        };
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        let generated = HeaderValue::new(name, "auto-generated".to_owned());
        let from = mailbox(from)?;
        let domain = from.email.domain().to_owned();
        let builder = Message::builder()
            .from(from)
            .to(mailbox(to)?)
            .subject(&letter.subject)
            .message_id(Some(format!("<{id}@{domain}>")))
            .raw_header(generated)
            .header(ContentType::TEXT_PLAIN);
        let message = builder.body(letter.to_text());
        let message = message.map_err(|error| MailError::Unwritable(error.to_string()))?;
        Ok(Self(message))
    }

    /// Returns the mail as the text of an `.eml` file.
    pub fn to_eml(&self) -> Vec<u8> {
        self.0.formatted()
    }
}

impl Post {
    /// Speaks to a server, as `smtp://host:port` or `smtps://user:password@host`.
    ///
    /// # Errors
    ///
    /// Fails where the address is none.
    pub fn at(url: &str) -> Result<Self, MailError> {
        let builder = SmtpTransport::from_url(url).map_err(|_| MailError::NoServer)?;
        Ok(Self(builder.build()))
    }

    /// Sends a mail, again where the server asks for patience.
    ///
    /// # Errors
    ///
    /// Fails where the server does not answer or refuses.
    pub fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let mut pause = PAUSE;
        let mut tries = 1;
        loop {
            match self.0.send(&mail.0) {
                Ok(_) => return Ok(()),
                Err(error) if error.is_permanent() || tries == TRIES => {
                    return Err(MailError::Refused(error.to_string()));
                }
                Err(_) => std::thread::sleep(pause),
            }
            pause *= 2;
            tries += 1;
        }
    }
}
