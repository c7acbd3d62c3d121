//! A server in, what its address gives away out: a secret, data on its way in the clear, a person.

use meshlaw_contract::model::Server;
use meshlaw_contract::tokens;

/// Words that end the name of a key, or of a part of an address, that holds a secret.
const SECRETS: &[&str] = &["passphrase", "passwd", "password", "pwd", "secret"];
/// Words before `key` that make it one.
const KEYS: &[&str] = &["access", "account", "api", "private"];
/// Names of secrets that people write as one word.
const JOINED: &[&str] = &[
    "accesskey",
    "accountkey",
    "apikey",
    "sharedaccesskey",
    "sig",
];
/// Schemes of addresses that have an encrypted twin.
const CLEAR: &[&str] = &[
    "amqp", "ftp", "http", "ldap", "mqtt", "redis", "telnet", "ws",
];
/// Options by which a connection does without encryption.
const OPTIONS: &[(&str, &str)] = &[
    ("encrypt", "false"),
    ("ssl", "false"),
    ("sslmode", "disable"),
    ("usessl", "false"),
];

/// Tells whether an address holds a password or a key.
pub(crate) fn has_credentials(server: &Server) -> bool {
    server.attributes.iter().any(|(key, value)| {
        let is_secret = names_secret(key) && is_stated(value);
        let in_address = userinfo(value)
            .and_then(|info| info.split_once(':'))
            .is_some_and(|(_, password)| is_stated(password));
        let mut options = options(value);
        is_secret || in_address || options.any(|(key, value)| names_secret(key) && is_stated(value))
    })
}

/// Tells whether data travels in the clear.
pub(crate) fn is_in_the_clear(server: &Server) -> bool {
    let is_clear = |scheme: &str| CLEAR.contains(&scheme.to_ascii_lowercase().as_str());
    is_clear(&server.kind)
        || server.attributes.values().any(|value| {
            let scheme = value.split_once("://").map(|(scheme, _)| scheme.trim());
            scheme.is_some_and(is_clear)
                || options(value).any(|(key, value)| {
                    let stated = (key.to_ascii_lowercase(), value.to_ascii_lowercase());
                    OPTIONS.contains(&(stated.0.as_str(), stated.1.as_str()))
                })
        })
}

/// Tells whether a name, a path or an address names a person.
pub(crate) fn names_person(server: &Server) -> bool {
    let texts = std::iter::once(&server.name).chain(server.attributes.values());
    texts.into_iter().any(|text| {
        let path = match text.split_once("://") {
            // Whom a connection is made as is no person's mailbox.
            Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
            None => text,
        };
        let is_break = |c: char| c.is_whitespace() || "/\\?&=:;,'\"<>()[]{}".contains(c);
        path.split(is_break).any(is_mailbox) || is_home(path)
    })
}

fn names_secret(key: &str) -> bool {
    let words = tokens(key);
    let mut last = words.iter().rev().map(String::as_str);
    match (last.next(), last.next()) {
        (Some("key"), Some(before)) => KEYS.contains(&before),
        (Some(word), _) => SECRETS.contains(&word) || JOINED.contains(&word),
        (None, _) => false,
    }
}

/// A reference such as `${PASSWORD}` gives nothing away.
fn is_stated(value: &str) -> bool {
    let value = value.trim();
    let is_reference = value.starts_with('$') || value.contains("${") || value.contains("{{");
    !value.is_empty() && !is_reference
}

/// The part before `@` of an address: RFC 3986, section 3.2.1.
fn userinfo(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    Some(authority.rsplit_once('@')?.0)
}

/// The options of an address, as in `host;password=…` and `?sslmode=disable`.
fn options(value: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = value.split(['?', '&', ';']);
    parts.filter_map(|part| {
        let (key, value) = part.split_once('=')?;
        Some((key.trim(), value.trim()))
    })
}

fn is_mailbox(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let is_host = host
        .split_once('.')
        .is_some_and(|(own, top)| !own.is_empty() && !top.is_empty());
    // Accounts of services are written like mailboxes, and are nobody's.
    !name.is_empty() && is_host && !host.ends_with("gserviceaccount.com")
}

/// Tells whether a path leads into somebody's own folder.
fn is_home(path: &str) -> bool {
    let path = path.replace('\\', "/");
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let is_there = |part: Option<&str>| part.is_some_and(|part| !part.trim().is_empty());
    match parts.next() {
        Some("home" | "Users") => is_there(parts.next()),
        Some(drive) if drive.len() == 2 && drive.ends_with(':') => {
            parts.next() == Some("Users") && is_there(parts.next())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn server(kind: &str, key: &str, value: &str) -> Server {
        Server {
            name: "main".to_owned(),
            kind: kind.to_owned(),
            attributes: BTreeMap::from([(key.to_owned(), value.to_owned())]),
        }
    }

    #[test]
    fn secrets_are_seen_and_references_to_them_are_not() {
        for (key, value, expected) in [
            ("password", "hunter2", true),
            ("db_password", "hunter2", true),
            ("accessKey", "AKIA", true),
            ("apikey", "k", true),
            ("private-key", "k", true),
            ("url", "postgres://svc:hunter2@db.example.org/sales", true),
            ("location", "Server=db;User=svc;Password=hunter2", true),
            ("location", "https://a.example.org/x?sv=1&sig=abc", true),
            ("password", "${DB_PASSWORD}", false),
            ("password", "{{ vault.password }}", false),
            ("password", "", false),
            ("secret_arn", "arn:x", false),
            ("primary_key", "id", false),
            ("keyspace", "sales", false),
            ("url", "postgres://svc@db.example.org/sales", false),
            ("url", "postgres://svc:$PW@db.example.org/sales", false),
            ("url", "https://db.example.org/a:b@c", false),
            ("location", "Server=db;Password=${PW}", false),
        ] {
            let found = has_credentials(&server("postgres", key, value));
            assert_eq!(found, expected, "{key}: {value}");
        }
    }

    #[test]
    fn ways_in_the_clear_are_seen() {
        for (kind, value, expected) in [
            ("api", "http://api.example.org/v1", true),
            ("api", "HTTP://api.example.org/v1", true),
            ("ftp", "files.example.org", true),
            ("kafka", "mqtt://broker.example.org", true),
            (
                "postgres",
                "jdbc:postgresql://db/sales?sslmode=disable",
                true,
            ),
            ("sqlserver", "jdbc:sqlserver://db;encrypt=false", true),
            ("api", "https://api.example.org/?next=http://x", false),
            ("sftp", "sftp://files.example.org", false),
            ("s3", "s3://bucket/http/", false),
            (
                "postgres",
                "jdbc:postgresql://db/sales?sslmode=require",
                false,
            ),
            ("postgres", "db.example.org", false),
        ] {
            let found = is_in_the_clear(&server(kind, "location", value));
            assert_eq!(found, expected, "{kind}: {value}");
        }
    }

    #[test]
    fn people_are_seen_in_paths() {
        for (value, expected) in [
            ("s3://exports/jane.doe@example.org/leads/", true),
            ("jane@example.org", true),
            ("/home/jane/leads.csv", true),
            ("file:///Users/jane/leads.csv", true),
            ("C:\\Users\\jane\\leads.csv", true),
            ("s3://exports/users/leads/", false),
            ("sftp://leads@files.example.org/in", false),
            ("abfss://raw@acme.dfs.core.windows.net/leads", false),
            ("loader@acme.iam.gserviceaccount.com", false),
            ("/data/home/leads", false),
            ("/home", false),
            ("a@b", false),
        ] {
            let found = names_person(&server("s3", "location", value));
            assert_eq!(found, expected, "{value}");
        }
    }
}
