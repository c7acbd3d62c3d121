//! What must hold for any text at all; the property tests and the fuzz targets run the same.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]
#![allow(dead_code, reason = "each user runs a part")]

use meshlaw_contract::locate::locate;
use meshlaw_contract::lowering::to_value;
use meshlaw_contract::model::{Contract, Field};
use meshlaw_contract::{
    Document, Format, Limits, NodeRef, Parsed, Pointer, Problem, Span, View, parse_consumers,
    parse_contracts, parse_terms, parse_waivers, read,
};

/// Reads a text; each place lies within it, and what was not read was complained about.
pub fn read_yaml(text: &str) {
    let documents = read(text, &Limits::default());
    assert!(!documents.is_empty(), "silence about {text:?}");
    for (document, problems) in &documents {
        assert!(
            document.root().is_some() || !problems.is_empty(),
            "silence about {text:?}"
        );
        if let Some(root) = document.root() {
            walk(text, root, root.span());
            to_value(root);
        }
        problems.iter().for_each(|problem| speaks(text, problem));
    }
}

/// Reads a text as contracts, twice with the same outcome.
pub fn parse_contract(text: &str) {
    let parsed = parse_contracts(text, Format::Native, &Limits::default());
    check(text, &parsed);
    let again = parse_contracts(text, Format::Native, &Limits::default());
    for (first, second) in parsed.iter().zip(&again) {
        assert_eq!(first.value, second.value);
        assert_eq!(first.problems, second.problems);
    }
}

/// Reads a text as consumers.
pub fn parse_consumer(text: &str) {
    check(text, &parse_consumers(text, &Limits::default()));
}

/// Reads a text as terms.
pub fn parse_term(text: &str) {
    check(text, &parse_terms(text, &Limits::default()));
}

/// Reads a text as contracts of the Open Data Contract Standard, and locates every part that was
/// read or not understood.
pub fn parse_odcs(text: &str) {
    let parsed = parse_contracts(text, Format::Odcs, &Limits::default());
    check(text, &parsed);
    for Parsed {
        document, value, ..
    } in &parsed
    {
        let Some(contract) = value else { continue };
        let places = contract.datasets.iter().flat_map(|dataset| {
            let fields = dataset.pointer().word("fields");
            let rules = dataset.pointer().word("quality");
            let fields = dataset.fields.iter().map(move |one| fields.name(&one.name));
            let rules = dataset
                .quality
                .iter()
                .map(move |one| rules.name(one.identity()));
            fields.chain(rules)
        });
        for pointer in places.chain(contract.opaque.iter().cloned()) {
            let span = locate(document, Format::Odcs, &pointer);
            assert!(span.end as usize <= text.len(), "{pointer:?}");
        }
    }
}

/// Reads a text as waivers.
pub fn parse_waiver(text: &str) {
    check(text, &parse_waivers(text, &Limits::default()));
}

/// Locates every field of a text's contracts; what stands there is the field's name.
pub fn locate_round_trip(text: &str) {
    for Parsed {
        document, value, ..
    } in parse_contracts(text, Format::Native, &Limits::default())
    {
        let Some(contract) = value else { continue };
        for dataset in &contract.datasets {
            let fields = dataset.pointer().word("fields");
            round_trip(text, &document, &contract, &fields, &dataset.fields);
        }
    }
}

fn round_trip(
    text: &str,
    document: &Document<'_>,
    contract: &Contract,
    list: &Pointer,
    fields: &[Field],
) {
    for field in fields {
        let pointer = list.name(&field.name);
        let span = locate(document, Format::Native, &pointer);
        let covered = covered(text, span);
        let is_alias = covered.starts_with('*');
        let stands = read(covered, &Limits::default());
        let name = stands
            .first()
            .and_then(|(document, _)| document.root()?.text());
        let is_folded = covered.contains('\n') || covered.contains('\r');
        assert!(
            is_alias || is_folded || name == Some(&field.name) || contract.is_opaque(&pointer),
            "{covered:?} stands for {:?} in {text:?}",
            field.name
        );
        if let meshlaw_contract::model::Type::Object(fields) = &field.ty {
            round_trip(text, document, contract, &pointer.word("fields"), fields);
        }
    }
}

fn check<T>(text: &str, parsed: &[Parsed<'_, T>]) {
    assert!(!parsed.is_empty(), "silence about {text:?}");
    for Parsed {
        document,
        value,
        problems,
    } in parsed
    {
        assert!(
            value.is_some() || !problems.is_empty(),
            "silence about {text:?}"
        );
        assert!(problems.is_sorted_by_key(|problem| problem.span.start));
        for problem in problems {
            speaks(text, problem);
            let line = covered(text, problem.span);
            assert!(!line.contains('\n'), "{line:?} is more than a line");
            covered(text, locate(document, Format::Native, &problem.pointer));
        }
    }
}

/// A message is one line that people can read, and comes with a way out.
fn speaks(text: &str, problem: &Problem) {
    covered(text, problem.span);
    assert!(
        problem.span.line > 0 && problem.span.column > 0,
        "{problem:?}"
    );
    let help = problem.help.as_deref().unwrap_or_default();
    for said in [&problem.message, help] {
        assert!(!said.is_empty() && !said.ends_with('.'), "{said:?}");
        assert!(!said.contains(char::is_control), "{said:?}");
        assert!(!said.starts_with(char::is_uppercase), "{said:?}");
        assert!(said.chars().count() < 1_000, "{said:?}");
    }
}

fn walk(text: &str, node: NodeRef<'_>, within: Span) {
    let span = node.span();
    covered(text, span);
    assert!(
        within.start <= span.start && span.end <= within.end,
        "{span:?} in {within:?}"
    );
    // What an alias stands for lies elsewhere, and is walked there.
    if covered(text, span).starts_with('*') {
        return;
    }
    match node.view() {
        View::Scalar(_) => {}
        View::Sequence(items) => items.for_each(|item| walk(text, item, span)),
        View::Mapping(entries) => entries.for_each(|(key, value)| {
            walk(text, key, span);
            walk(text, value, span);
        }),
    }
}

fn covered(text: &str, span: Span) -> &str {
    let covered = text.get(span.start as usize..span.end as usize);
    covered.unwrap_or_else(|| panic!("{span:?} lies outside {text:?}"))
}

/// Reads a text with and without the reader of what is common: every node and span is the same, and
/// so is where a limit is reached.
pub fn same_reading(text: &str) {
    let tight = Limits {
        bytes: 1000,
        depth: 4,
        nodes: 40,
        shortcuts: true,
    };
    for limits in [Limits::default(), tight] {
        same_reading_within(text, limits);
    }
}

fn same_reading_within(text: &str, common: Limits) {
    let general = Limits {
        shortcuts: false,
        ..common
    };
    let (common, general) = (read(text, &common), read(text, &general));
    assert_eq!(common.len(), general.len(), "documents of {}", shown(text));
    for ((one, problems), (other, wanted)) in common.iter().zip(&general) {
        assert_eq!(problems, wanted, "problems of {}", shown(text));
        let (mut nodes, mut wanted) = (Vec::new(), Vec::new());
        one.root().inspect(|root| list(*root, 0, &mut nodes));
        other.root().inspect(|root| list(*root, 0, &mut wanted));
        for (node, wanted) in nodes.iter().zip(&wanted) {
            assert_eq!(node, wanted, "a node of {}", shown(text));
        }
        assert_eq!(nodes.len(), wanted.len(), "nodes of {}", shown(text));
    }
}

/// Long texts are for the shrinker, not for people.
fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(1000).collect::<String>())
}

type Listed = (usize, &'static str, String, bool, Span);

fn list(node: NodeRef<'_>, depth: usize, into: &mut Vec<Listed>) {
    let span = node.span();
    match node.view() {
        View::Scalar(scalar) => {
            let text = scalar.text.to_owned();
            into.push((depth, "scalar", text, scalar.quoted, span));
        }
        View::Sequence(items) => {
            into.push((depth, "sequence", String::new(), false, span));
            items.for_each(|item| list(item, depth + 1, into));
        }
        View::Mapping(entries) => {
            into.push((depth, "mapping", String::new(), false, span));
            for (key, value) in entries {
                list(key, depth + 1, into);
                list(value, depth + 1, into);
            }
        }
    }
}
