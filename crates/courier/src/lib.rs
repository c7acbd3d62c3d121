//! Messages in, deliveries out: GitHub, Slack, webhooks, OpenLineage and mail.
//!
//! Knows neither contracts nor findings: whoever tells something writes a [`Letter`]. No secret is
//! ever part of an error or of a text that is returned.

mod event;
mod github;
mod http;
mod letter;
mod lineage;
mod mail;
mod slack;

pub use event::{Event, signature};
pub use github::{Comment, GitHub, Reviews, Team};
pub use http::{Http, HttpError, Method, Request, Response};
pub use letter::{Item, Letter, Role};
pub use lineage::{ContractState, dataset_event};
pub use mail::{Mail, MailError, Post};
pub use slack::payload as slack_payload;
