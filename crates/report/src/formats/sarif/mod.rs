//! A report in, SARIF 2.1.0 out: one run, with what each id means.
//!
//! What is mended is left out: code scanning closes what a later run does not repeat, and would
//! open anew what a run names. Hidden characters are escaped, and brackets, which SARIF makes links
//! of (section 3.11.6 of the standard).

mod place;

use std::collections::HashMap;

use serde_json::{Value, json};
use serde_sarif::sarif::{
    Fix, Invocation, Message, MultiformatMessageString, Notification, PropertyBag,
    ReportingConfiguration, ReportingDescriptor, Result as Finding, ResultLevel, Run,
    RunAutomationDetails, Sarif, Suppression, Tool, ToolComponent, Version,
};

use super::markdown::sentence;
use crate::entry::{Entry, Level, standing};
use crate::escape::{visible, visible_json};
use crate::{Explanation, Report, State};

/// Results that code scanning takes of one run; it refuses a file with more.
const MOST_RESULTS: usize = 25_000;

/// Where the schema of the format is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Returns the log.
pub(super) fn render(report: &Report) -> String {
    let entries = standing(report);
    let rules = Rules::of(report, &entries);
    let mut seen: HashMap<String, usize> = HashMap::new();
    let shown = entries.iter().take(MOST_RESULTS);
    let results: Vec<Finding> = shown
        .map(|entry| result(report, entry, &rules, &mut seen))
        .collect();
    let rest = entries.len() - results.len();
    let run = Run::builder()
        .tool(tool(rules.descriptors))
        .automation_details(
            RunAutomationDetails::builder()
                .id(format!("meshlaw/{}/", report.command))
                .build(),
        )
        .column_kind(json!("unicodeCodePoints"))
        .invocations(vec![invocation(report, rest)])
        .results(results)
        .build();
    let log = Sarif::builder()
        .schema(SCHEMA)
        .version(json!(Version::V2_1_0.to_string()))
        .runs(vec![run])
        .build();
    // Strings, numbers and lists of them always have a JSON form, so that this cannot fail.
    visible_json(&serde_json::to_string_pretty(&log).unwrap_or_default()) + "\n"
}

/// The ids that results have, each once.
struct Rules<'r> {
    descriptors: Vec<ReportingDescriptor>,
    indices: HashMap<&'r str, i64>,
}

impl<'r> Rules<'r> {
    fn of(report: &Report, entries: &[Entry<'r>]) -> Self {
        let mut rules = Self {
            descriptors: Vec::new(),
            indices: HashMap::new(),
        };
        for entry in entries {
            let next = i64::try_from(rules.descriptors.len()).unwrap_or(-1);
            rules.indices.entry(entry.id).or_insert_with(|| {
                let explanation = report.explanations.get(entry.id);
                rules.descriptors.push(descriptor(entry, explanation));
                next
            });
        }
        rules
    }
}

fn descriptor(entry: &Entry<'_>, explanation: Option<&Explanation>) -> ReportingDescriptor {
    let id = visible(entry.id);
    let title = explanation.map_or_else(|| id.clone(), |one| visible(&one.title));
    let markdown = explanation.map_or_else(String::new, |one| one.markdown.clone());
    let configuration = ReportingConfiguration::builder()
        .level(json!(entry.level.as_str()))
        .build();
    let group = id.rsplit_once('/').map(|(group, _)| group);
    let tags = [Some("data-contract"), group].into_iter().flatten();
    let tags: Vec<String> = tags.map(str::to_owned).collect();
    let help = MultiformatMessageString::builder().text(if markdown.is_empty() {
        title.clone()
    } else {
        markdown.clone()
    });
    let help = if markdown.is_empty() {
        help.build()
    } else {
        help.markdown(markdown).build()
    };
    ReportingDescriptor::builder()
        .name(id.clone())
        .short_description(
            MultiformatMessageString::builder()
                .text(title.clone())
                .build(),
        )
        .full_description(MultiformatMessageString::builder().text(title).build())
        .help(help)
        .default_configuration(configuration)
        .properties(PropertyBag {
            tags: Some(tags),
            additional_properties: Default::default(),
        })
        .id(id)
        .build()
}

fn tool(rules: Vec<ReportingDescriptor>) -> Tool {
    let driver = ToolComponent::builder()
        .name("meshlaw")
        .information_uri(env!("CARGO_PKG_REPOSITORY"))
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(rules)
        .build();
    Tool::builder().driver(driver).build()
}

fn invocation(report: &Report, rest: usize) -> Invocation {
    let note = |text: &str| {
        Notification::builder()
            .level(json!("note"))
            .message(message(text))
            .build()
    };
    let cut = (rest > 0).then(|| format!("{rest} more results are in the report as JSON"));
    let notes: Vec<Notification> = report
        .notes
        .iter()
        .chain(&cut)
        .map(|text| note(text))
        .collect();
    Invocation::builder()
        .execution_successful(true)
        .tool_execution_notifications(notes)
        .build()
}

fn result<'r>(
    report: &Report,
    entry: &Entry<'r>,
    rules: &Rules<'r>,
    seen: &mut HashMap<String, usize>,
) -> Finding {
    // The key of the line hash is what code scanning knows a result by; ours does not move.
    let print = visible(&entry.fingerprint);
    let nth = seen.entry(print.clone()).or_default();
    *nth += 1;
    let prints = [
        ("meshlaw/v1".to_owned(), print.clone()),
        (
            "primaryLocationLineHash".to_owned(),
            format!("{print}:{nth}"),
        ),
    ];
    let state = match entry.state {
        State::New => "new",
        State::Existing | State::Waived | State::Mended => "unchanged",
    };
    let waived = (entry.state == State::Waived).then(|| suppression(entry));
    let fixes = entry.finding.and_then(|finding| finding.fix.as_deref());
    let fixes: Vec<Fix> = fixes.map(place::fix).into_iter().collect();
    let mut result = Finding::builder()
        .rule_id(visible(entry.id))
        .rule_index(rules.indices.get(entry.id).copied().unwrap_or(-1))
        .level(match entry.level {
            Level::Error => ResultLevel::Error,
            Level::Warning => ResultLevel::Warning,
            Level::Note => ResultLevel::Note,
        })
        .message(message(&entry.lines(report).join("\n")))
        .locations(vec![place::of_entry(entry)])
        .related_locations(place::related(entry))
        .partial_fingerprints(
            prints
                .into_iter()
                .collect::<std::collections::BTreeMap<_, _>>(),
        )
        .baseline_state(json!(state))
        .properties(properties(entry))
        .build();
    result.suppressions = waived.map(|one| vec![one]);
    result.fixes = (!fixes.is_empty()).then_some(fixes);
    result
}

/// Says who excused it: the last note of a waived finding.
fn suppression(entry: &Entry<'_>) -> Suppression {
    let notes = entry.finding.map(|finding| &finding.notes);
    let why = notes
        .and_then(|notes| notes.last())
        .map_or("waived", String::as_str);
    Suppression::builder()
        .kind(json!("external"))
        .status(json!("accepted"))
        .justification(visible(why))
        .build()
}

fn properties(entry: &Entry<'_>) -> PropertyBag {
    let finding = entry.finding;
    let text = |text: Option<&str>| text.map(|text| Value::from(visible(text)));
    let consumers: Vec<Value> = entry
        .consumers
        .iter()
        .map(|consumer| visible(&consumer.name).into())
        .collect();
    let enforcement = finding.map(|finding| finding.enforcement.as_str());
    let all = [
        ("blocking", Some(entry.blocks.into())),
        (
            "consumers",
            (!consumers.is_empty()).then(|| consumers.into()),
        ),
        ("contract", text(entry.contract)),
        (
            "domain",
            text(finding.and_then(|one| one.domain.as_deref())),
        ),
        ("enforcement", text(enforcement)),
        ("owner", text(finding.and_then(|one| one.owner.as_deref()))),
        ("part", text(entry.part)),
        ("state", Some(entry.state.as_str().into())),
    ];
    let known = all.into_iter();
    PropertyBag {
        tags: None,
        additional_properties: known
            .filter_map(|(key, value)| Some((key.to_owned(), value?)))
            .collect(),
    }
}

/// Makes a message whose text holds no link and whose Markdown does nothing.
fn message(text: &str) -> Message {
    let lines: Vec<String> = text.lines().map(visible).collect();
    let plain = lines.join("\n");
    let escaped = plain
        .replace('\\', "\\\\")
        .replace('[', "\\[")
        .replace(']', "\\]");
    let marked: Vec<String> = text.lines().map(sentence).collect();
    Message::builder()
        .text(escaped)
        .markdown(marked.join("\n\n"))
        .build()
}
