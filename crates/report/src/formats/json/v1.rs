//! A report in, the first version of its machine-readable shape out.
//!
//! Others rely on these names. Fields may be added; one that is renamed, removed or means something
//! else asks for a second version beside this one.

use serde::Serialize;
use serde_json::Value;

use crate::forecast::{self, DayV1};
use crate::law_impact::{self, ImpactV1};
use crate::{
    Change, Command, Condition, ConsumerContact, ContractSummary, Finding, Fix, Location, Position,
    Product, Related, Report, Revision, Side, Witness,
};

#[derive(Serialize)]
pub(super) struct Document<'r> {
    format: u8,
    command: &'static str,
    verdict: &'static str,
    base: Option<&'r str>,
    head: &'r str,
    as_of: &'r str,
    bootstrap: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    impact: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<&'static str>,
    notes: &'r [String],
    contracts: Vec<ContractV1<'r>>,
    products: Vec<ProductV1<'r>>,
    changes: Vec<ChangeV1<'r>>,
    findings: Vec<FindingV1<'r>>,
    summary: SummaryV1,
    #[serde(skip_serializing_if = "Option::is_none")]
    law_impact: Option<ImpactV1<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    coming: Vec<DayV1<'r>>,
}

#[derive(Serialize)]
struct ContractV1<'r> {
    contract: &'r str,
    path: &'r str,
    domain: Option<&'r str>,
    owner: Option<&'r str>,
    version: VersionV1<'r>,
    impact: &'static str,
}

#[derive(Serialize)]
struct ProductV1<'r> {
    product: &'r str,
    owner: Option<&'r str>,
    domain: Option<&'r str>,
    contracts: &'r [String],
}

#[derive(Serialize)]
struct VersionV1<'r> {
    before: Option<&'r str>,
    after: Option<&'r str>,
    required: &'static str,
    declared: Option<&'static str>,
}

#[derive(Serialize)]
struct ChangeV1<'r> {
    rule: &'r str,
    contract: &'r str,
    domain: Option<&'r str>,
    owner: Option<&'r str>,
    pointer: &'r [String],
    effect: &'static str,
    impact: &'static str,
    before: Option<&'r str>,
    after: Option<&'r str>,
    message: &'r str,
    help: Option<&'r str>,
    location: LocationV1<'r>,
    related: Vec<RelatedV1<'r>>,
    witness: Option<WitnessV1<'r>>,
    consumers: Vec<&'r str>,
}

#[derive(Serialize)]
struct FindingV1<'r> {
    id: &'r str,
    kind: &'static str,
    severity: &'static str,
    enforcement: &'static str,
    state: &'static str,
    blocking: bool,
    contract: Option<&'r str>,
    domain: Option<&'r str>,
    owner: Option<&'r str>,
    pointer: &'r [String],
    message: &'r str,
    help: Option<&'r str>,
    notes: &'r [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    why: Vec<ConditionV1<'r>>,
    fingerprint: &'r str,
    location: Option<LocationV1<'r>>,
    related: Vec<RelatedV1<'r>>,
    witness: Option<WitnessV1<'r>>,
    consumers: Vec<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixV1<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<ExceptionV1<'r>>,
}

#[derive(Serialize)]
struct ConditionV1<'r> {
    condition: &'r str,
    line: u32,
    column: u32,
    holds: bool,
    values: Vec<ValueV1<'r>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    missing: &'r [String],
}

#[derive(Serialize)]
struct ValueV1<'r> {
    name: &'r str,
    value: &'r str,
}

#[derive(Serialize)]
struct FixV1<'r> {
    title: &'r str,
    path: &'r str,
    start: PositionV1,
    end: PositionV1,
    text: &'r str,
}

#[derive(Serialize)]
struct PositionV1 {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct ExceptionV1<'r> {
    path: &'r str,
    text: &'r str,
    approvers: &'r [String],
}

/// The line and column are null where the file as a whole is meant.
#[derive(Serialize)]
struct LocationV1<'r> {
    path: &'r str,
    line: Option<u32>,
    column: Option<u32>,
    side: &'static str,
}

#[derive(Serialize)]
struct RelatedV1<'r> {
    message: &'r str,
    location: LocationV1<'r>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum WitnessV1<'r> {
    Rows {
        rows: &'r [Value],
        allowed_by: &'static str,
        refused_by: &'static str,
    },
    Structure,
}

#[derive(Serialize)]
struct SummaryV1 {
    blocking: usize,
    new: NewV1,
    waived: usize,
    existing: usize,
    mended: usize,
}

#[derive(Serialize)]
struct NewV1 {
    error: usize,
    warning: usize,
    note: usize,
}

/// Converts a report to the shape that is written.
pub(super) fn document(report: &Report) -> Document<'_> {
    let pair = report.pair.filter(|_| report.command == Command::Diff);
    Document {
        format: 1,
        command: report.command.as_str(),
        verdict: report.verdict().as_str(),
        base: report.base.as_ref().map(oid),
        head: oid(&report.head),
        as_of: &report.as_of,
        bootstrap: report.bootstrap,
        impact: pair.map(|(impact, _)| impact.as_str()),
        required: pair.map(|(_, bump)| bump.as_str()),
        notes: &report.notes,
        contracts: report.contracts.iter().map(contract).collect(),
        products: report.products.iter().map(product).collect(),
        changes: report.changes.iter().map(change).collect(),
        findings: report
            .findings
            .iter()
            .map(|one| finding(one, report.blocks(one)))
            .collect(),
        summary: summary(report),
        law_impact: report.law_impact.as_ref().map(law_impact::convert),
        coming: forecast::convert(&report.coming),
    }
}

fn oid(revision: &Revision) -> &str {
    &revision.id
}

fn product(product: &Product) -> ProductV1<'_> {
    ProductV1 {
        product: &product.name,
        owner: product.owner.as_deref(),
        domain: product.domain.as_deref(),
        contracts: &product.contracts,
    }
}

fn contract(contract: &ContractSummary) -> ContractV1<'_> {
    ContractV1 {
        contract: &contract.contract,
        path: &contract.path,
        domain: contract.domain.as_deref(),
        owner: contract.owner.as_deref(),
        version: VersionV1 {
            before: contract.before.as_deref(),
            after: contract.after.as_deref(),
            required: contract.required.as_str(),
            declared: contract.declared.map(crate::Bump::as_str),
        },
        impact: contract.impact.as_str(),
    }
}

fn change(change: &Change) -> ChangeV1<'_> {
    ChangeV1 {
        rule: &change.rule,
        contract: &change.contract,
        domain: change.domain.as_deref(),
        owner: change.owner.as_deref(),
        pointer: &change.pointer,
        effect: change.effect.as_str(),
        impact: change.impact.as_str(),
        before: change.before.as_deref(),
        after: change.after.as_deref(),
        message: &change.message,
        help: change.help.as_deref(),
        location: location(&change.location),
        related: related(&change.related),
        witness: change.witness.as_ref().map(witness),
        consumers: names(&change.consumers),
    }
}

fn finding(finding: &Finding, blocking: bool) -> FindingV1<'_> {
    FindingV1 {
        id: &finding.id,
        kind: finding.kind.as_str(),
        severity: finding.severity.as_str(),
        enforcement: finding.enforcement.as_str(),
        state: finding.state.as_str(),
        blocking,
        contract: finding.contract.as_deref(),
        domain: finding.domain.as_deref(),
        owner: finding.owner.as_deref(),
        pointer: &finding.pointer,
        message: &finding.message,
        help: finding.help.as_deref(),
        notes: &finding.notes,
        why: finding.why.iter().map(condition).collect(),
        fingerprint: &finding.fingerprint,
        location: finding.location.as_ref().map(location),
        related: related(&finding.related),
        witness: finding.witness.as_ref().map(witness),
        consumers: names(&finding.consumers),
        fix: finding.fix.as_deref().map(fix),
        exception: finding.exception.as_deref().map(|exception| ExceptionV1 {
            path: &exception.path,
            text: &exception.text,
            approvers: &exception.approvers,
        }),
    }
}

fn condition(condition: &Condition) -> ConditionV1<'_> {
    let values = condition.values.iter();
    ConditionV1 {
        condition: &condition.text,
        line: condition.line,
        column: condition.column,
        holds: condition.holds,
        values: values
            .map(|(name, value)| ValueV1 { name, value })
            .collect(),
        missing: &condition.missing,
    }
}

fn fix(fix: &Fix) -> FixV1<'_> {
    let position = |position: Position| PositionV1 {
        line: position.line,
        column: position.column,
    };
    FixV1 {
        title: &fix.title,
        path: &fix.path,
        start: position(fix.start),
        end: position(fix.end),
        text: &fix.text,
    }
}

fn location(location: &Location) -> LocationV1<'_> {
    let is_whole_file = location.line == 0;
    LocationV1 {
        path: &location.path,
        line: (!is_whole_file).then_some(location.line),
        column: (!is_whole_file).then_some(location.column.max(1)),
        side: location.side.as_str(),
    }
}

fn related(related: &[Related]) -> Vec<RelatedV1<'_>> {
    let mut converted = Vec::with_capacity(related.len());
    for Related {
        location: at,
        message,
    } in related
    {
        converted.push(RelatedV1 {
            message,
            location: location(at),
        });
    }
    converted
}

fn witness(witness: &Witness) -> WitnessV1<'_> {
    match witness {
        Witness::Rows { rows, allowed_by } => {
            let refused_by = match allowed_by {
                Side::Base => Side::Head,
                Side::Head => Side::Base,
            };
            WitnessV1::Rows {
                rows,
                allowed_by: allowed_by.as_str(),
                refused_by: refused_by.as_str(),
            }
        }
        Witness::Structure => WitnessV1::Structure,
    }
}

fn names(consumers: &[ConsumerContact]) -> Vec<&str> {
    consumers
        .iter()
        .map(|consumer| consumer.name.as_str())
        .collect()
}

fn summary(report: &Report) -> SummaryV1 {
    let summary = report.summary();
    SummaryV1 {
        blocking: summary.blocking,
        new: NewV1 {
            error: summary.new_errors,
            warning: summary.new_warnings,
            note: summary.new_notes,
        },
        waived: summary.waived,
        existing: summary.existing,
        mended: summary.mended,
    }
}
