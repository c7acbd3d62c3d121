//! Files of terms in, what they mean to contracts, and where each is defined, out.
//!
//! Terms exist where the target branch or the head has them. Of two definitions of one term, that
//! of the target branch counts: a branch cannot bend a term to fit its fields.

use std::collections::{BTreeMap, BTreeSet};

use meshlaw_contract::{Limits, Order, Parsed, Pointer, nearest, parse_terms, visit_fields};
use meshlaw_policy::{Disagreement, Glossary, Meaning, Statement, Violation};
use meshlaw_report::{Finding, Kind, Location, Related, Severity, Side};
use serde::{Deserialize, Serialize};

use crate::findings::{About, Draft, make};
use crate::revision::Revision;
use crate::settings::Settings;

/// A term, and where its name stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defined {
    /// What it asks of fields.
    pub meaning: Meaning,
    /// Line of its name.
    pub line: u32,
    /// Column of its name.
    pub column: u32,
}

/// The terms of one file.
#[derive(Debug, Clone)]
pub struct Page {
    /// The target branch has the file as it is.
    pub is_law: bool,
    /// Its path.
    pub path: String,
    /// Its terms.
    pub terms: Vec<Defined>,
}

/// The terms that exist, and what is known around them.
#[derive(Debug, Default)]
pub struct Lexicon {
    /// What they ask of fields.
    pub glossary: Glossary,
    /// Where each is defined.
    pub places: BTreeMap<String, Location>,
    /// Names of terms that the head defines otherwise than the target branch.
    pub pending: BTreeSet<String>,
}

/// Reads the terms of a file, each with its place.
pub fn parse<'t>(text: &'t str, limits: &Limits) -> Vec<Parsed<'t, Defined>> {
    let documents = parse_terms(text, limits).into_iter();
    documents
        .map(|parsed| {
            let name = parsed.document.root().and_then(|root| root.entry("term"));
            let span = name.map(|(key, _)| key.span()).unwrap_or_default();
            Parsed {
                value: parsed.value.map(|term| Defined {
                    meaning: Meaning::of(&term),
                    line: span.line,
                    column: span.column,
                }),
                document: parsed.document,
                problems: parsed.problems,
            }
        })
        .collect()
}

impl Lexicon {
    /// Puts pages together: what the target branch says comes first, then in order of paths.
    ///
    /// With `has_target`, places are told from those of the head.
    pub fn of(mut pages: Vec<Page>, has_target: bool) -> Self {
        for page in &mut pages {
            page.terms.sort_by_key(|one| (one.line, one.column));
        }
        pages.sort_by(|one, other| (!one.is_law, &one.path).cmp(&(!other.is_law, &other.path)));
        let mut lexicon = Self::default();
        let mut law: BTreeMap<&str, Vec<&Meaning>> = BTreeMap::new();
        for page in &pages {
            let is_of_target = has_target && page.is_law;
            let side = if is_of_target { Side::Base } else { Side::Head };
            for one in &page.terms {
                let name = one.meaning.name.as_str();
                let place = lexicon.places.entry(name.to_owned());
                place.or_insert_with(|| one.place(&page.path, side));
                if is_of_target {
                    law.entry(name).or_default().push(&one.meaning);
                } else if law
                    .get(name)
                    .is_some_and(|all| !all.contains(&&one.meaning))
                {
                    lexicon.pending.insert(name.to_owned());
                }
            }
        }
        let all = pages.iter().flat_map(|page| &page.terms);
        lexicon.glossary = Glossary::of(all.map(|one| one.meaning.clone()));
        lexicon
    }

    /// Adds to a finding of a policy that asked about a field's term what the two say.
    pub fn tell(
        &self,
        revision: &Revision<'_>,
        violation: &Violation<'_>,
        finding: Finding,
    ) -> Finding {
        let policy = violation.policy;
        if !policy.asks_about_terms() {
            return finding;
        }
        let pointer = &violation.pointer;
        let Some(contract) = revision.contract() else {
            return finding;
        };
        match self.glossary.judge(contract, pointer) {
            Some((meaning, differences)) => {
                let asked = differences
                    .into_iter()
                    .filter(|_| policy.asks("termMismatches"));
                self.differ(revision, pointer, meaning, asked.collect(), finding)
            }
            None if policy.asks("termIsKnown") => self.unknown(revision, pointer, finding),
            None => finding,
        }
    }

    fn differ(
        &self,
        revision: &Revision<'_>,
        pointer: &Pointer,
        meaning: &Meaning,
        differences: Vec<Disagreement>,
        finding: Finding,
    ) -> Finding {
        let name = &meaning.name;
        let at = |statement: Statement| revision.locate(&pointer.word(statement.as_str()));
        let mut finding = finding;
        if let Some((first, others)) = differences.split_first() {
            let said: Vec<String> = differences.iter().map(ToString::to_string).collect();
            finding.message = format!("{}: {}", finding.message, said.join("; "));
            finding.location = Some(at(first.statement));
            finding.related.extend(others.iter().map(|one| Related {
                location: at(one.statement),
                message: format!("here its {} stands", one.statement.as_str()),
            }));
        }
        finding
            .related
            .extend(self.places.get(name).map(|place| Related {
                location: place.clone(),
                message: format!("the term `{name}` is defined here"),
            }));
        if self.pending.contains(name) {
            let note = "this branch defines the term otherwise; until that is on the target \
                        branch, what stands there counts";
            finding.notes.push(note.to_owned());
        }
        finding
    }

    fn unknown(&self, revision: &Revision<'_>, pointer: &Pointer, finding: Finding) -> Finding {
        let place = pointer.word("term");
        let word = stated(revision, pointer);
        let near = word.and_then(|word| nearest(&word, self.glossary.names()).map(str::to_owned));
        let mut finding = Finding {
            location: Some(revision.locate(&place)),
            ..finding
        };
        finding
            .notes
            .extend(near.map(|near| format!("did you mean `{near}`?")));
        finding
    }

    /// Says where a contract calls a term by a synonym.
    pub fn synonyms(
        &self,
        settings: &Settings,
        about: About<'_>,
        revision: &Revision<'_>,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        let contract = revision.contract().filter(|_| revision.mentions.terms);
        let datasets = contract.into_iter().flat_map(|one| &one.datasets);
        for dataset in datasets {
            visit_fields(dataset, Order::OuterFirst, &mut |way, field| {
                let Some(word) = &field.term else { return };
                let meaning = self.glossary.get(word).filter(|one| one.name != *word);
                let Some(Meaning { name, .. }) = meaning else {
                    return;
                };
                let pointer = way.word("term").to_pointer();
                let draft = Draft {
                    id: "term/synonym-used",
                    kind: Kind::Term,
                    severity: Severity::Note,
                    about,
                    location: Some(revision.locate(&pointer)),
                    pointer,
                    message: format!("`{word}` is a synonym of the term `{name}`"),
                    help: Some(format!("write `term: {name}`")),
                };
                findings.extend(make(settings, draft));
            });
        }
        findings
    }
}

impl Defined {
    /// Returns where the term is defined.
    pub fn place(&self, path: &str, side: Side) -> Location {
        Location {
            path: path.to_owned(),
            line: self.line,
            column: self.column,
            side,
            excerpt: None,
        }
    }
}

/// Returns the term that a field names, as it is written.
fn stated(revision: &Revision<'_>, pointer: &Pointer) -> Option<String> {
    let mut found = None;
    for dataset in &revision.contract()?.datasets {
        visit_fields(dataset, Order::OuterFirst, &mut |way, field| {
            if field.term.is_some() && way.to_pointer() == *pointer {
                found.clone_from(&field.term);
            }
        });
    }
    found
}
