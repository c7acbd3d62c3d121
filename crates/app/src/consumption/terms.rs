//! Files of terms in, what their names, owners, synonyms and wider terms do not hold out.

use std::collections::BTreeMap;

use meshlaw_changeset::Reader;
use meshlaw_contract::model::Term;
use meshlaw_contract::{Document, NodeRef, Pointer, Span, View, nearest, parse_terms};
use meshlaw_report::{Finding, Kind, Related, Severity};

use super::{Consumption, Page, key_span, leads_back};
use crate::crossing::meant;
use crate::failure::Failure;

/// A term where it is written.
struct Written<'t> {
    path: &'t str,
    text: &'t str,
    term: Term,
    document: Document<'t>,
}

/// What other terms are called, and by what else they go.
struct Known<'t> {
    /// Wider terms, by name.
    broader: BTreeMap<&'t str, Option<&'t str>>,
    /// The first term that claims a synonym.
    synonyms: BTreeMap<&'t str, &'t Written<'t>>,
}

impl Consumption<'_> {
    /// Checks the terms of the files that are asked about.
    pub(super) fn terms(
        &self,
        reader: &Reader,
        is_asked: impl Fn(&str) -> bool,
    ) -> Result<Vec<Finding>, Failure> {
        let texts = self.texts(reader, &self.settings.terms, &is_asked)?;
        let mut all: Vec<Written<'_>> = Vec::new();
        for (path, text) in &texts {
            for parsed in parse_terms(text, &self.settings.limits) {
                let document = parsed.document;
                all.extend(parsed.value.map(|term| Written {
                    path,
                    text,
                    term,
                    document,
                }));
            }
        }
        let known = Known::of(&all);
        let mut names: BTreeMap<&str, &str> = BTreeMap::new();
        let mut findings = Vec::new();
        for one in &all {
            let first = *names.entry(&one.term.name).or_insert(one.path);
            if is_asked(one.path) {
                self.of_one(one, first, &known, &mut findings);
            }
        }
        Ok(findings)
    }

    fn of_one(
        &self,
        one: &Written<'_>,
        first: &str,
        known: &Known<'_>,
        findings: &mut Vec<Finding>,
    ) {
        let (term, document) = (&one.term, &one.document);
        let page = self.page(Kind::Term, one.path, one.text, &term.name);
        if first != one.path {
            findings.extend(page.twice("term/duplicate-term", "term", document, first));
        }
        let owner = term.owner.as_deref();
        findings.extend(self.owner(&page, "term/unknown-owner", owner, document));
        findings.extend(broader(&page, one, &known.broader));
        for synonym in &term.synonyms {
            findings.extend(self.synonym(&page, one, synonym, known));
        }
    }

    /// A synonym that stands for two terms stands for neither.
    fn synonym(
        &self,
        page: &Page<'_>,
        one: &Written<'_>,
        synonym: &str,
        known: &Known<'_>,
    ) -> Option<Finding> {
        let pointer = Pointer::root()
            .name(&one.term.name)
            .word("synonyms")
            .name(synonym);
        let span = synonym_span(one, synonym);
        if known.broader.contains_key(synonym) && synonym != one.term.name {
            let message = format!("the synonym `{synonym}` is the name of another term");
            let help = "drop the synonym; if both mean the same, keep one of the terms".to_owned();
            let id = ("term/synonym-is-term", Severity::Error);
            return page.finding(id, pointer, span, (message, help));
        }
        let first = known.synonyms.get(synonym)?;
        if first.term.name == one.term.name {
            return None;
        }
        let name = &first.term.name;
        let message = format!("`{synonym}` is a synonym of the term `{name}`, too");
        let help = "keep it at the term that people mean by it".to_owned();
        let id = ("term/ambiguous-synonym", Severity::Error);
        let made = page.finding(id, pointer, span, (message, help))?;
        let there = self.page(Kind::Term, first.path, first.text, name);
        let related = Related {
            location: there.source.at(synonym_span(first, synonym)),
            message: "it stands here first".to_owned(),
        };
        Some(Finding {
            related: vec![related],
            ..made
        })
    }
}

impl<'t> Known<'t> {
    fn of(all: &'t [Written<'t>]) -> Self {
        let broader = all
            .iter()
            .map(|one| (one.term.name.as_str(), one.term.broader.as_deref()));
        let mut synonyms = BTreeMap::new();
        for one in all {
            for synonym in &one.term.synonyms {
                synonyms.entry(synonym.as_str()).or_insert(one);
            }
        }
        Self {
            broader: broader.collect(),
            synonyms,
        }
    }
}

fn broader(
    page: &Page<'_>,
    one: &Written<'_>,
    broader: &BTreeMap<&str, Option<&str>>,
) -> Option<Finding> {
    let term = &one.term;
    let wider = term.broader.as_deref()?;
    let (id, message, help) = if !broader.contains_key(wider) {
        let near = nearest(wider, broader.keys().copied()).map(str::to_owned);
        (
            "term/unknown-broader",
            format!("the broader term `{wider}` is not in the glossary"),
            meant(near, "add the term, or name one that is there"),
        )
    } else if leads_back(broader, &term.name) {
        let name = &term.name;
        (
            "term/broader-cycle",
            format!("`{name}` is broader than itself, by way of `{wider}`"),
            "remove one `broader` of the circle".to_owned(),
        )
    } else {
        return None;
    };
    let pointer = Pointer::root().name(&term.name).word("broader");
    let span = key_span(one.document.root(), "broader");
    page.finding((id, Severity::Error), pointer, span, (message, help))
}

fn synonym_span(one: &Written<'_>, synonym: &str) -> Span {
    let root = one.document.root();
    let list = root
        .and_then(|root| root.get("synonyms"))
        .map(NodeRef::view);
    let found = match list {
        Some(View::Sequence(mut items)) => items.find(|item| item.text() == Some(synonym)),
        _ => None,
    };
    found.map_or_else(|| key_span(root, "synonyms"), NodeRef::span)
}
