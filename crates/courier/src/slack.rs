//! A letter in, the payload of a Slack incoming webhook out.

use serde_json::{Value, json};

use crate::letter::Letter;

/// Characters of a header, of a section, and blocks of a message: Slack refuses more.
const HEADER: usize = 150;
const SECTION: usize = 3_000;
const BLOCKS: usize = 50;

/// Writes the letter; `channel` is for webhooks that serve several.
pub fn payload(letter: &Letter, channel: Option<&str>) -> Value {
    let mut sections: Vec<String> = Vec::new();
    for (role, items) in letter.by_role() {
        sections.push(format!("*{}*", role.title()));
        sections.extend(items.iter().map(|item| {
            let mut text = format!("• {}", escaped(&item.line()));
            if let Some(advice) = item.advice() {
                text.push_str(&format!("\n_help_: {}", escaped(&advice)));
            }
            if let Some(place) = &item.place {
                text.push_str(&format!("\n`{}`", escaped(place).replace('`', "'")));
            }
            text
        }));
    }
    // The header, what was left out, and the link need blocks as well.
    let room = BLOCKS - 3;
    let rest = sections.len().saturating_sub(room);
    sections.truncate(room);
    if rest > 0 {
        sections.push(format!("and {rest} more"));
    }
    if let Some(link) = &letter.link {
        sections.push(format!("<{}|Read more>", escaped(link).replace('|', "%7C")));
    }
    let section = |text: &String| {
        let text = cut(text, SECTION);
        json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
    };
    let header = json!({
        "type": "header",
        "text": { "type": "plain_text", "text": cut(&letter.subject, HEADER), "emoji": false },
    });
    let blocks: Vec<Value> = std::iter::once(header)
        .chain(sections.iter().map(section))
        .collect();
    let mut payload = json!({ "text": escaped(&letter.subject), "blocks": blocks });
    if let (Some(channel), Some(map)) = (channel, payload.as_object_mut()) {
        map.insert("channel".to_owned(), channel.into());
    }
    payload
}

/// Slack gives meaning to these three signs alone, mentions and links among it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    // An escape that is cut in two would show.
    let whole = match kept.rfind('&') {
        Some(at) if !kept[at..].contains(';') => kept.get(..at).unwrap_or_default(),
        _ => &kept,
    };
    format!("{whole}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::{Item, Role};

    fn letter(items: usize, message: &str) -> Letter {
        let item = Item {
            role: Role::Reads,
            contract: "sales/orders".to_owned(),
            consumers: vec!["report".to_owned()],
            weight: "breaking".to_owned(),
            message: message.to_owned(),
            help: Some("move".to_owned()),
            by: Some("2027-01-31".to_owned()),
            place: Some("a`b:3".to_owned()),
            fingerprint: "f".to_owned(),
        };
        Letter {
            team: "finance".to_owned(),
            subject: "x".repeat(200),
            items: vec![item; items],
            link: Some("https://x.example/1".to_owned()),
        }
    }

    #[test]
    fn nothing_is_larger_than_slack_takes() {
        for (items, message) in [(1, "m"), (200, "m"), (3, &*"<&>".repeat(2_000))] {
            let payload = payload(&letter(items, message), None);
            let blocks = payload["blocks"].as_array().unwrap();
            assert!(blocks.len() <= BLOCKS, "{}", blocks.len());
            for block in blocks {
                let text = block["text"]["text"].as_str().unwrap();
                let most = if block["type"] == "header" {
                    HEADER
                } else {
                    SECTION
                };
                assert!(text.chars().count() <= most);
            }
        }
    }

    #[test]
    fn nothing_in_a_text_acts() {
        let shown = payload(&letter(1, "<!channel> <https://x|y> &amp;"), Some("#a")).to_string();
        assert!(
            !shown.contains("<!channel>") && !shown.contains("<https://x|y>"),
            "{shown}"
        );
        assert!(
            shown.contains("&lt;!channel&gt;") && shown.contains("&amp;amp;"),
            "{shown}"
        );
        assert!(shown.contains("\"channel\":\"#a\""));
    }
}
