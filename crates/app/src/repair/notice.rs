//! A part that is to go in, the text that says so in its format out.

use jiff::civil::Date;
use meshlaw_contract::{Format, NodeRef, View};

/// What a notice says.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'t> {
    /// First day of the notice.
    pub since: Date,
    /// First day without the part.
    pub sunset: Date,
    /// What to use instead.
    pub replacement: &'t str,
}

/// How a part is given notice.
pub enum Notice<'d> {
    /// It has one already.
    Given,
    /// By an entry of its own.
    Entry(String),
    /// By further elements behind the last one of a list that is there.
    Items(NodeRef<'d>, Vec<String>),
    /// The list that is there is empty, and what stands around it is not known.
    Impossible,
}

impl<'d> Notice<'d> {
    /// Words the notice of a mapping, as YAML or as JSON.
    pub fn of(format: Format, part: NodeRef<'d>, terms: Terms<'_>, is_json: bool) -> Self {
        let Terms {
            since,
            sunset,
            replacement,
        } = terms;
        let key = |key: &str| {
            if is_json {
                format!("\"{key}\"")
            } else {
                key.to_owned()
            }
        };
        match format {
            Format::Native if part.get("deprecated").is_some() => Notice::Given,
            Format::Native => {
                let value = |text: String| {
                    if is_json { format!("\"{text}\"") } else { text }
                };
                Notice::Entry(format!(
                    "{}: {{ {}: {}, {}: {}, {}: {} }}",
                    key("deprecated"),
                    key("since"),
                    value(since.to_string()),
                    key("sunset"),
                    value(sunset.to_string()),
                    key("replacement"),
                    value(replacement.to_owned())
                ))
            }
            Format::Odcs => {
                let properties = [
                    ("deprecatedSince", since.to_string()),
                    ("sunset", sunset.to_string()),
                    ("replacement", replacement.to_owned()),
                ];
                let properties: Vec<String> = properties
                    .iter()
                    .map(|(name, value)| {
                        let (property, name) = (key("property"), key(name));
                        format!("{{ {property}: {name}, {}: \"{value}\" }}", key("value"))
                    })
                    .collect();
                match part.get("customProperties").map(NodeRef::view) {
                    None => {
                        let all = properties.join(", ");
                        Notice::Entry(format!("{}: [{all}]", key("customProperties")))
                    }
                    Some(View::Sequence(items)) => match items.last() {
                        Some(last) => Notice::Items(last, properties),
                        None => Notice::Impossible,
                    },
                    Some(_) => Notice::Impossible,
                }
            }
        }
    }
}
