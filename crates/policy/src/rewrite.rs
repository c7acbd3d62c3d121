//! A policy's text in, the same with another enforcement out; every other byte stays.

use std::ops::Range;

use jiff::civil::Date;
use meshlaw_report::Enforcement;

use crate::book::{Book, BookFile};
use crate::policy::PolicyId;

/// An annotation, and where it stands.
struct Annotation<'t> {
    name: &'t str,
    /// From the `@` to the closing bracket.
    whole: Range<usize>,
    /// What stands between the quotes.
    value: Range<usize>,
}

/// Writes another enforcement, and the day from which it holds, into the text of a policy, and a
/// comment of one line above it.
///
/// # Errors
///
/// Fails where the text is no policy, or its annotations stand so that they cannot be replaced.
pub fn with_enforcement(
    id: &PolicyId,
    text: &str,
    enforcement: Enforcement,
    since: Option<Date>,
    comment: Option<&str>,
) -> Result<String, String> {
    let all = annotations(text);
    let find = |name: &str| all.iter().find(|one| one.name == name);
    let own = find("enforcement").ok_or_else(|| "it states no `@enforcement`".to_owned())?;
    let mut edits: Vec<(Range<usize>, String)> = vec![(own.value.clone(), enforcement.to_string())];
    match (find("since"), since) {
        (Some(known), Some(since)) => edits.push((known.value.clone(), since.to_string())),
        (Some(known), None) => edits.push((with_line(text, &known.whole), String::new())),
        (None, Some(since)) => {
            let (at, between) = behind(text, own);
            edits.push((at..at, format!("{between}@since(\"{since}\")")));
        }
        (None, None) => {}
    }
    if let Some(comment) = comment {
        edits.push(above(text, own, comment));
    }
    edits.sort_by_key(|(range, _)| range.start);
    let mut written = text.to_owned();
    for (range, new) in edits.into_iter().rev() {
        written.replace_range(range, &new);
    }
    let file = BookFile {
        path: format!("{id}/policy.cedar"),
        text: written.clone().into(),
    };
    let book = Book::load(&[], &[file]).map_err(|problems| {
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        all.join("; ")
    })?;
    let is_meant = |one: &crate::Policy| one.written == enforcement && one.since == since;
    if book.policies.iter().all(is_meant) {
        Ok(written)
    } else {
        Err("its annotations cannot be replaced".to_owned())
    }
}

/// Finds the annotations in front of a policy; comments are passed over.
fn annotations(text: &str) -> Vec<Annotation<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let start = at + rest.len() - rest.trim_start().len();
        let rest = text.get(start..).unwrap_or_default();
        if rest.starts_with("//") {
            at = start + rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        let Some(annotation) = annotation(text, start) else {
            break;
        };
        at = annotation.whole.end;
        found.push(annotation);
    }
    found
}

/// Reads `@name("value")` at a place.
fn annotation(text: &str, start: usize) -> Option<Annotation<'_>> {
    let after = text.get(start..)?.strip_prefix('@')?;
    let length = after.find(|one: char| !one.is_ascii_alphanumeric() && one != '_');
    let name = after.get(..length?)?;
    let open = start + 1 + name.len();
    let quote = open + text.get(open..)?.find('"')? + 1;
    if !matches!(text.get(open..quote - 1)?.trim(), "(") {
        return None;
    }
    let mut is_escaped = false;
    let close = text.get(quote..)?.find(|one: char| {
        let closes = one == '"' && !is_escaped;
        is_escaped = one == '\\' && !is_escaped;
        closes
    })?;
    let close = quote + close;
    let end = close + text.get(close..)?.find(')')? + 1;
    Some(Annotation {
        name,
        whole: start..end,
        value: quote..close,
    })
}

/// Returns where the next annotation goes, and what stands between: a line end and the same indent,
/// behind any comment on the line, else a space.
fn behind(text: &str, annotation: &Annotation<'_>) -> (usize, String) {
    let before = text.get(..annotation.whole.start).unwrap_or_default();
    let indent = before.rsplit('\n').next().unwrap_or_default();
    let after = text.get(annotation.whole.end..).unwrap_or_default();
    let rest = after.split('\n').next().unwrap_or_default().trim_end();
    let is_alone = rest.is_empty() || rest.trim_start().starts_with("//");
    if indent.trim().is_empty() && is_alone {
        let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        (annotation.whole.end + rest.len(), format!("{end}{indent}"))
    } else {
        (annotation.whole.end, " ".to_owned())
    }
}

/// Returns a comment on a line of its own above an annotation.
fn above(text: &str, annotation: &Annotation<'_>, comment: &str) -> (Range<usize>, String) {
    let before = text.get(..annotation.whole.start).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.get(start..).unwrap_or_default();
    let indent = line.get(..line.len() - line.trim_start().len());
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    (
        start..start,
        format!("{}// {comment}{end}", indent.unwrap_or_default()),
    )
}

/// Returns the whole line where nothing else stands on it, else the range with the space before it.
fn with_line(text: &str, range: &Range<usize>) -> Range<usize> {
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let is_bare = before
        .get(line_start..)
        .unwrap_or_default()
        .trim()
        .is_empty();
    let rest = after.find('\n').map_or(after.len(), |at| at + 1);
    if is_bare && after.get(..rest).unwrap_or_default().trim().is_empty() {
        line_start..range.end + rest
    } else {
        before.trim_end_matches([' ', '\t']).len()..range.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, enforcement: Enforcement, since: Option<&str>, expected: &str) {
        let rule = "forbid (principal, action == Action::\"publish\", resource is Field) when { resource.isMasked };\n";
        let (id, _) = PolicyId::parse("org/a/b").unwrap();
        let since = since.and_then(meshlaw_contract::measure::parse_date);
        let written = with_enforcement(&id, &format!("{text}{rule}"), enforcement, since, None);
        assert_eq!(written.unwrap(), format!("{expected}{rule}"));
    }

    #[test]
    fn all_other_bytes_stay() {
        let with = |enforcement: &str, since: &str| {
            format!(
                "// @enforcement(\"hard\") was asked for\r\n@severity(\"error\")\r\n  @enforcement ( \"{enforcement}\" ) // so far\r\n{since}@message(\"say \\\"@since(x)\\\"\")\r\n@help(\"h\")\r\n"
            )
        };
        let since = |date: &str| format!("@since(\"{date}\")\r\n");
        use Enforcement::{Advisory, Hard, Soft};
        check(&with("shadow", ""), Advisory, None, &with("advisory", ""));
        check(
            &with("soft", &since("2027-01-01")),
            Hard,
            Some("2027-03-01"),
            &with("hard", &since("2027-03-01")),
        );
        check(
            &with("soft", &since("2027-01-01")),
            Hard,
            None,
            &with("hard", ""),
        );
        check(
            &with("soft", ""),
            Hard,
            Some("2027-03-01"),
            &with("hard", &format!("  {}", since("2027-03-01"))),
        );
        check(
            "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"m\")\n@help(\"h\")\n",
            Soft,
            Some("2027-03-01"),
            "@severity(\"error\")\n@enforcement(\"soft\")\n@since(\"2027-03-01\")\n@message(\"m\")\n@help(\"h\")\n",
        );
        check(
            "@severity(\"error\") @enforcement(\"soft\") @since(\"2027-01-01\") @message(\"m\")@help(\"h\") ",
            Advisory,
            None,
            "@severity(\"error\") @enforcement(\"advisory\") @message(\"m\")@help(\"h\") ",
        );
    }

    #[test]
    fn a_comment_stands_above() {
        let text = "@severity(\"error\")\n  @enforcement(\"soft\")\n@message(\"m\")\n@help(\"h\")\n\
                    forbid (principal, action, resource is Field) when { resource.isMasked };\n";
        let (id, _) = PolicyId::parse("org/a/b").unwrap();
        let advisory = Enforcement::Advisory;
        let written = with_enforcement(&id, text, advisory, None, Some("why")).unwrap();
        assert_eq!(
            written,
            text.replace(
                "  @enforcement(\"soft\")",
                "  // why\n  @enforcement(\"advisory\")"
            )
        );
    }
}
