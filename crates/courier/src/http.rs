//! Requests in, answers out, with patience: what may work later is tried again.

use std::time::Duration;

use ureq::Agent;
use ureq::http;

/// Tries of one request before it has failed.
const TRIES: u32 = 4;

/// The longest that a server may make us wait between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The largest answer that is read, in bytes.
const LARGEST: u64 = 8 << 20;

/// Sends requests.
#[derive(Debug, Clone)]
pub struct Http {
    agent: Agent,
    pause: Duration,
}

/// A verb of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates.
    Post,
    /// Changes.
    Patch,
}

/// What is sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// The verb.
    pub method: Method,
    /// The address; never shown, since it may hold a secret.
    pub url: String,
    /// Headers; never shown.
    pub headers: Vec<(&'static str, String)>,
    /// The body, of requests that have one.
    pub body: String,
}

/// What comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// A request that had no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Nobody answered.
    #[error("{host} did not answer: {why}")]
    Unreachable {
        /// The server, without path and secrets.
        host: String,
        /// What went wrong.
        why: String,
    },
    /// The address is none.
    #[error("the address is no URL with `http` or `https`")]
    NoAddress,
    /// The server refused.
    #[error("{host} answered with status {status}{}", because(.why))]
    Refused {
        /// The server, without path and secrets.
        host: String,
        /// Status code.
        status: u16,
        /// What the server says of it.
        why: String,
    },
}

fn because(why: &str) -> String {
    if why.is_empty() {
        String::new()
    } else {
        format!(": {why}")
    }
}

impl Default for Http {
    fn default() -> Self {
        Self::new(Duration::from_millis(500))
    }
}

impl Http {
    /// Waits this long before the second try, and twice as long before each further one.
    pub fn new(pause: Duration) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .max_redirects(0)
            .user_agent(concat!("meshlaw/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        Self { agent, pause }
    }

    /// Sends a request, again where the server asks for patience or does not answer.
    ///
    /// # Errors
    ///
    /// Fails where the address is none or nobody answers; an answer of any status is none.
    pub fn send(&self, request: &Request) -> Result<Response, HttpError> {
        let host = host(&request.url).ok_or(HttpError::NoAddress)?;
        let mut pause = self.pause;
        let mut tries = 1;
        loop {
            let (outcome, asked) = match self.once(request) {
                Ok((response, asked)) => (Ok(response), asked),
                Err(error) => (Err(error), None),
            };
            let is_final = match &outcome {
                Ok(response) => !matches!(response.status, 429 | 500 | 502..=504),
                Err(_) => false,
            };
            if is_final || tries == TRIES {
                return outcome.map_err(|why| HttpError::Unreachable { host, why });
            }
            std::thread::sleep(asked.unwrap_or(pause).min(LONGEST_PAUSE));
            pause *= 2;
            tries += 1;
        }
    }

    /// Sends a request whose answer must be a success.
    ///
    /// # Errors
    ///
    /// Fails as [`Http::send`] does, and where the server refuses.
    pub fn deliver(&self, request: &Request) -> Result<Response, HttpError> {
        let response = self.send(request)?;
        if (200..300).contains(&response.status) {
            return Ok(response);
        }
        Err(HttpError::Refused {
            host: host(&request.url).unwrap_or_default(),
            status: response.status,
            why: response.reason(),
        })
    }

    fn once(&self, request: &Request) -> Result<(Response, Option<Duration>), String> {
        let method = match request.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Patch => http::Method::PATCH,
        };
        let mut builder = http::Request::builder().method(method).uri(&request.url);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let told = |error: &dyn std::fmt::Display| error.to_string();
        let sent = match request.method {
            Method::Get => {
                let ready = builder.body(()).map_err(|error| told(&error))?;
                self.agent.run(ready)
            }
            Method::Post | Method::Patch => {
                let ready = builder.body(request.body.as_str());
                self.agent.run(ready.map_err(|error| told(&error))?)
            }
        };
        let mut answer = sent.map_err(|error| told(&error))?;
        let asked = answer.headers().get("retry-after");
        let asked = asked.and_then(|value| value.to_str().ok()?.parse().ok());
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(LARGEST);
        let body = body.read_to_string().map_err(|error| told(&error))?;
        Ok((Response { status, body }, asked.map(Duration::from_secs)))
    }
}

impl Response {
    /// Returns what the server says of itself: the `message` of a JSON body, or a short text.
    pub fn reason(&self) -> String {
        let json: Option<serde_json::Value> = serde_json::from_str(&self.body).ok();
        let message = json.as_ref().and_then(|json| json.get("message")?.as_str());
        let text = message.unwrap_or(&self.body);
        let plain = text.chars().filter(|one| !one.is_control());
        plain.take(200).collect()
    }
}

/// Returns scheme and host of an address: all of it that is no secret.
fn host(url: &str) -> Option<String> {
    let uri: http::Uri = url.parse().ok()?;
    let scheme = uri
        .scheme_str()
        .filter(|scheme| ["http", "https"].contains(scheme))?;
    let port = uri.port_u16().map(|port| format!(":{port}"));
    Some(format!(
        "{scheme}://{}{}",
        uri.host()?,
        port.unwrap_or_default()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_of_an_address_is_shown() {
        let table = [
            (
                "https://hooks.slack.com/services/T0/B0/secret",
                Some("https://hooks.slack.com"),
            ),
            (
                "http://user:word@127.0.0.1:80/x?key=1",
                Some("http://127.0.0.1:80"),
            ),
            ("file:///etc/passwd", None),
            ("no address", None),
        ];
        for (url, expected) in table {
            assert_eq!(host(url).as_deref(), expected, "{url}");
        }
    }
}
