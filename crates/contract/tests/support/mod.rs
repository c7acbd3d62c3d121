//! What the tests share: texts in, models and problems as short lines out.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use meshlaw_contract::model::{Consumer, Contract, Term, Waiver};
use meshlaw_contract::{
    Format, Limits, Parsed, Pointer, Problem, parse_consumers, parse_contracts, parse_terms,
    parse_waivers,
};

/// A contract without problems, to which tests add a line.
pub const HEAD: &str = "schema: leads\nversion: 1.0.0\nowner: team\n";

pub fn contracts(text: &str) -> Vec<Parsed<'_, Contract>> {
    parse_contracts(text, Format::Native, &Limits::default())
}

pub fn contract(text: &str) -> Parsed<'_, Contract> {
    only(contracts(text))
}

/// Reads the one contract of a text in the Open Data Contract Standard.
pub fn standard(text: &str) -> Parsed<'_, Contract> {
    only(parse_contracts(text, Format::Odcs, &Limits::default()))
}

pub fn consumer(text: &str) -> Parsed<'_, Consumer> {
    only(parse_consumers(text, &Limits::default()))
}

pub fn term(text: &str) -> Parsed<'_, Term> {
    only(parse_terms(text, &Limits::default()))
}

/// Reads the one waiver of a text.
pub fn waiver(text: &str) -> Parsed<'_, Waiver> {
    only(parse_waivers(text, &Limits::default()))
}

fn only<T>(mut parsed: Vec<T>) -> T {
    assert_eq!(parsed.len(), 1, "one document");
    parsed.remove(0)
}

/// Returns the model of a text that has no problem.
pub fn clean(text: &str) -> Contract {
    let parsed = contract(text);
    assert_eq!(lines(&parsed.problems), Vec::<String>::new(), "{text}");
    parsed
        .value
        .expect("a contract without problems has a model")
}

/// Writes problems as `line:column id message | help`.
pub fn lines(problems: &[Problem]) -> Vec<String> {
    let help = |problem: &Problem| problem.help.clone().unwrap_or_default();
    problems
        .iter()
        .map(|problem| {
            let (id, span) = (problem.id.as_str(), problem.span);
            let (line, column) = (span.line, span.column);
            format!(
                "{line}:{column} {id}: {} | {}",
                problem.message,
                help(problem)
            )
        })
        .collect()
}

/// Writes problems as `line:column id`.
pub fn ids(problems: &[Problem]) -> Vec<String> {
    problems
        .iter()
        .map(|problem| {
            format!(
                "{}:{} {}",
                problem.span.line,
                problem.span.column,
                problem.id.as_str()
            )
        })
        .collect()
}

/// Writes a pointer as its steps, joined with slashes.
pub fn steps(pointer: &Pointer) -> String {
    pointer.to_strings().join("/")
}

pub fn opaque(contract: &Contract) -> Vec<String> {
    contract.opaque.iter().map(steps).collect()
}

/// Draws problems as people see them: the line, what is meant in it, the message and the way out.
pub fn drawn(text: &str, problems: &[Problem]) -> String {
    let draw = |problem: &Problem| {
        let span = problem.span;
        let line = text.lines().nth(span.line as usize - 1).unwrap_or_default();
        let before = line.chars().take(span.column as usize - 1);
        let blank: String = before.map(|c| if c == '\t' { c } else { ' ' }).collect();
        let covered = &text[span.start as usize..span.end as usize];
        let marks = "^".repeat(covered.chars().count().max(1));
        let help = problem.help.as_deref().unwrap_or_default();
        let (id, message) = (problem.id.as_str(), &problem.message);
        format!("{line}\n{blank}{marks}\n{id}: {message}\nhelp: {help}\n\n")
    };
    problems.iter().map(draw).collect()
}
