//! Addressed letters in, deliveries out: by each way that is set up, or into files.

use std::path::Path;

use meshlaw_contract::model::Notify;
use meshlaw_courier::{
    ContractState, Event, Http, Letter, Mail, Method, Post, Request, dataset_event, signature,
    slack_payload,
};

use super::letters::Addressed;
use super::reading::Report;
use super::state::Memory;
use crate::environment::variable;
use crate::output::write_file;

/// A way to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Channel {
    /// Slack, by an incoming webhook
    Slack,
    /// The team's own webhook, as a CloudEvent
    Webhook,
    /// E-mail
    Email,
    /// The lineage server, by an event for each contract
    Openlineage,
}

/// What became of a message.
#[derive(Debug)]
pub struct Entry {
    /// In words.
    pub text: String,
    /// It should have been delivered, and was not.
    pub has_failed: bool,
}

/// Delivers.
pub struct Courier<'c> {
    /// The ways that were asked for; none for all.
    pub via: &'c [Channel],
    /// Where messages are written instead of sent.
    pub outbox: Option<&'c Path>,
    /// Messages are shown and not sent.
    pub is_dry: bool,
    /// Who speaks.
    pub producer: &'c str,
}

/// A message in the form of one way, ready to go.
enum Ready {
    Http(Request),
    Mail(Box<Mail>),
}

impl Channel {
    fn as_str(self) -> &'static str {
        match self {
            Channel::Slack => "slack",
            Channel::Webhook => "webhook",
            Channel::Email => "email",
            Channel::Openlineage => "openlineage",
        }
    }

    /// Returns how a team is reached this way.
    pub fn address(self, ways: &Notify) -> Option<&str> {
        match self {
            Channel::Slack => ways.slack.as_deref(),
            Channel::Webhook => ways.webhook.as_deref(),
            Channel::Email => ways.email.as_deref(),
            Channel::Openlineage => None,
        }
    }
}

impl Courier<'_> {
    fn uses(&self, channel: Channel) -> bool {
        self.via.is_empty() || self.via.contains(&channel)
    }

    /// Delivers a letter, without what its team was told the same way.
    pub fn deliver(
        &self,
        addressed: &Addressed,
        memory: &mut Memory,
        log: &mut Vec<Entry>,
    ) -> anyhow::Result<()> {
        let team = &addressed.letter.team;
        let Some((channel, address)) = &addressed.way else {
            log.push(done(format!("{team}: no way to reach them is known")));
            return Ok(());
        };
        if !self.uses(*channel) {
            return Ok(());
        }
        let key = format!("{team} by {} at {address}", channel.as_str());
        let mut letter = addressed.letter.clone();
        letter
            .items
            .retain(|item| !memory.knows(&key, &item.fingerprint));
        if letter.items.is_empty() {
            return Ok(());
        }
        let (entry, is_told) = self.hand_over(*channel, &letter, address)?;
        if is_told {
            let told = letter.items.iter().map(|item| item.fingerprint.as_str());
            memory.remember(&key, told);
        }
        log.push(entry);
        Ok(())
    }

    /// Sends, writes or shows a message; says as well whether the team knows it now.
    fn hand_over(
        &self,
        channel: Channel,
        letter: &Letter,
        address: &str,
    ) -> anyhow::Result<(Entry, bool)> {
        let (team, way) = (&letter.team, channel.as_str());
        if self.is_dry {
            let address = shown(channel, address);
            let text = format!("{team} by {way} at {address}:\n\n{}", letter.to_text());
            return Ok((done(text), false));
        }
        if let Some(folder) = self.outbox {
            let (name, text) = self.filed(channel, letter, address)?;
            write_file(&folder.join(&name), &text)?;
            return Ok((done(format!("{team}: wrote {name}")), false));
        }
        let sent = match self.ready(channel, letter, address)? {
            Err(missing) => {
                let text = format!("{team}: not told by {way}, since {missing} is not set");
                return Ok((done(text), false));
            }
            Ok(Ready::Http(request)) => Http::default()
                .deliver(&request)
                .map(|_| ())
                .map_err(|error| error.to_string()),
            Ok(Ready::Mail(mail)) => {
                let url = secret("MESHLAW_SMTP_URL", None).unwrap_or_default();
                Post::at(&url)
                    .and_then(|post| post.send(&mail))
                    .map_err(|error| error.to_string())
            }
        };
        Ok(match sent {
            Ok(()) => (done(format!("{team}: told by {way}")), true),
            Err(why) => {
                let text = format!("{team}: not told by {way}: {why}");
                let entry = Entry {
                    text,
                    has_failed: true,
                };
                (entry, false)
            }
        })
    }

    /// Prepares a message, or names the variable that is missing.
    fn ready(
        &self,
        channel: Channel,
        letter: &Letter,
        address: &str,
    ) -> anyhow::Result<Result<Ready, &'static str>> {
        let team = Some(letter.team.as_str());
        Ok(match channel {
            Channel::Slack => match secret("MESHLAW_SLACK_WEBHOOK", team) {
                None => Err("MESHLAW_SLACK_WEBHOOK"),
                Some(url) => Ok(Ready::Http(post(
                    url,
                    "application/json",
                    slack_payload(letter, Some(address)).to_string(),
                ))),
            },
            Channel::Webhook => {
                let body = self.event(letter)?;
                let mut request = post(address.to_owned(), EVENT_TYPE, body);
                if let Some(secret) = secret("MESHLAW_WEBHOOK_SECRET", team) {
                    let signature = signature(&secret, &request.body);
                    request.headers.push(("x-meshlaw-signature-256", signature));
                }
                Ok(Ready::Http(request))
            }
            Channel::Email => match (secret("MESHLAW_SMTP_URL", None), from()) {
                (None, _) => Err("MESHLAW_SMTP_URL"),
                (_, None) => Err("MESHLAW_MAIL_FROM"),
                (Some(_), Some(from)) => {
                    Ok(Ready::Mail(Box::new(self.mail(letter, &from, address)?)))
                }
            },
            Channel::Openlineage => Err("OPENLINEAGE_URL"),
        })
    }

    /// Writes a message as it would go, and names its file.
    fn filed(
        &self,
        channel: Channel,
        letter: &Letter,
        address: &str,
    ) -> anyhow::Result<(String, String)> {
        let team: String = letter
            .team
            .chars()
            .map(|one| {
                if one.is_alphanumeric() || "-_".contains(one) {
                    one
                } else {
                    '-'
                }
            })
            .collect();
        let digits = Event::new(letter, self.producer, "").id;
        let digits = digits.get(..8).unwrap_or_default();
        let (ending, text) = match channel {
            Channel::Slack => (
                "slack.json",
                serde_json::to_string_pretty(&slack_payload(letter, Some(address)))?,
            ),
            Channel::Webhook => ("cloudevent.json", self.event(letter)?),
            Channel::Email => {
                let from = from().unwrap_or_else(|| "meshlaw@localhost".to_owned());
                let mail = self.mail(letter, &from, address)?;
                ("eml", String::from_utf8_lossy(&mail.to_eml()).into_owned())
            }
            Channel::Openlineage => ("openlineage.json", String::new()),
        };
        Ok((format!("{team}-{digits}.{ending}"), text))
    }

    fn event(&self, letter: &Letter) -> anyhow::Result<String> {
        Ok(serde_json::to_string(&Event::new(
            letter,
            self.producer,
            &now(),
        ))?)
    }

    fn mail(&self, letter: &Letter, from: &str, to: &str) -> anyhow::Result<Mail> {
        let id = Event::new(letter, self.producer, "").id;
        Ok(Mail::write(letter, from, to, &id)?)
    }

    /// Tells the lineage server what became of each contract.
    pub fn lineage(&self, report: &Report, log: &mut Vec<Entry>) -> anyhow::Result<()> {
        let url = secret("OPENLINEAGE_URL", None);
        let is_asked = self.via.contains(&Channel::Openlineage);
        if !self.uses(Channel::Openlineage) || (url.is_none() && self.outbox.is_none() && !is_asked)
        {
            return Ok(());
        }
        for contract in &report.contracts {
            let about = |one: &&super::reading::Finding| {
                one.contract.as_ref() == Some(&contract.contract) && one.state == "new"
            };
            let findings = || report.findings.iter().filter(about);
            let state = ContractState {
                contract: &contract.contract,
                version_before: contract.version.before.as_deref(),
                version_after: contract.version.after.as_deref(),
                impact: &contract.impact,
                blocking: findings().filter(|one| one.blocking).count(),
                findings: findings()
                    .map(|one| format!("{}: {}", one.id, one.message))
                    .collect(),
            };
            let event = dataset_event(&state, self.producer, &now());
            log.push(self.lineage_event(&contract.contract, &event, url.as_deref())?);
        }
        Ok(())
    }

    fn lineage_event(
        &self,
        contract: &str,
        event: &serde_json::Value,
        url: Option<&str>,
    ) -> anyhow::Result<Entry> {
        let contract = meshlaw_report::visible(contract);
        if self.is_dry {
            return Ok(done(format!("{contract} by openlineage:\n\n{event:#}\n")));
        }
        if let Some(folder) = self.outbox {
            let name = format!("{}.openlineage.json", contract.replace(['/', '\\'], "-"));
            write_file(&folder.join(&name), &format!("{event:#}\n"))?;
            return Ok(done(format!("{contract}: wrote {name}")));
        }
        let Some(url) = url else {
            let text =
                format!("{contract}: not told by openlineage, since OPENLINEAGE_URL is not set");
            return Ok(done(text));
        };
        let address = format!("{}/api/v1/lineage", url.trim_end_matches('/'));
        let mut request = post(address, "application/json", event.to_string());
        if let Some(key) = secret("OPENLINEAGE_API_KEY", None) {
            request
                .headers
                .push(("authorization", format!("Bearer {key}")));
        }
        Ok(match Http::default().deliver(&request) {
            Ok(_) => done(format!("{contract}: told by openlineage")),
            Err(error) => Entry {
                text: format!("{contract}: not told by openlineage: {error}"),
                has_failed: true,
            },
        })
    }
}

/// Content type of a CloudEvent in structured JSON.
const EVENT_TYPE: &str = "application/cloudevents+json; charset=utf-8";

fn done(text: String) -> Entry {
    Entry {
        text,
        has_failed: false,
    }
}

/// Shows an address; that of a webhook may hold a secret behind its host.
fn shown(channel: Channel, address: &str) -> String {
    match channel {
        Channel::Webhook => {
            let host: Vec<&str> = address.split('/').take(3).collect();
            host.join("/")
        }
        _ => meshlaw_report::visible(address),
    }
}

fn post(url: String, content_type: &str, body: String) -> Request {
    Request {
        method: Method::Post,
        url,
        headers: vec![("content-type", content_type.to_owned())],
        body,
    }
}

fn from() -> Option<String> {
    secret("MESHLAW_MAIL_FROM", None)
}

/// Reads a variable, that of the team first.
fn secret(name: &str, team: Option<&str>) -> Option<String> {
    let own = team.and_then(|team| {
        let team: String = team
            .chars()
            .map(|one| {
                if one.is_ascii_alphanumeric() {
                    one.to_ascii_uppercase()
                } else {
                    '_'
                }
            })
            .collect();
        variable(&format!("{name}_{team}"))
    });
    own.or_else(|| variable(name))
}

fn now() -> String {
    jiff::Timestamp::now().to_string()
}
