//! Authoritative definitions of a property in, the term of the glossary that one points to out.

use crate::NodeRef;

/// Ends of the paths of glossary files.
const ENDS: [&str; 3] = [".term.yaml", ".term.yml", ".term.json"];

/// Returns the term whose file a definition points to, wherever that is served; the file is called
/// as the term is.
pub(super) fn term(property: NodeRef<'_>) -> Option<String> {
    let (_, name) = found(property)?;
    Some(name.to_owned())
}

/// Finds the address that points to a term: its key and its value.
pub(super) fn entry(property: NodeRef<'_>) -> Option<(NodeRef<'_>, NodeRef<'_>)> {
    found(property)?.0.entry("url")
}

fn found(property: NodeRef<'_>) -> Option<(NodeRef<'_>, &str)> {
    let list = property.get("authoritativeDefinitions")?;
    let mut all = list.items();
    all.find_map(|item| Some((item, called(item.get("url")?.text()?)?)))
}

/// Returns the name of a glossary file, without what a browser reads of its address.
fn called(url: &str) -> Option<&str> {
    let path = url.split(['?', '#']).next()?;
    let file = path.rsplit('/').next()?;
    let name = ENDS.iter().find_map(|end| file.strip_suffix(end))?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::called;

    #[test]
    fn files_of_the_glossary_are_terms_and_nothing_else_is() {
        for (url, expected) in [
            ("glossary/sales/customer_id.term.yaml", Some("customer_id")),
            (
                "https://git.example.org/m/customer_id.term.yml?ref=main#L1",
                Some("customer_id"),
            ),
            ("customer_id.term.json", Some("customer_id")),
            ("https://wiki.example.org/customer_id", None),
            ("glossary/.term.yaml", None),
            ("glossary/customer_id.term.yaml/more", None),
        ] {
            assert_eq!(called(url), expected, "{url}");
        }
    }
}
