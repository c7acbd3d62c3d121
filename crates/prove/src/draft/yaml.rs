//! Values in, the text of a YAML document as people write it out.

/// Writes a text: plain where nobody can mistake it for anything else.
pub(super) fn text(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-/.@ ".contains(c);
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let known = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_known = known.contains(&text.to_ascii_lowercase().as_str());
    if starts && text.chars().all(is_word) && !is_known && !text.ends_with(' ') {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

/// Writes a list of texts on one line.
pub(super) fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(text).collect();
    format!("[{}]", texts.join(", "))
}

/// Writes a mapping on one line.
pub(super) fn mapping(pairs: &[(&str, String)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{key}: {value}"))
        .collect();
    format!("{{ {} }}", pairs.join(", "))
}
