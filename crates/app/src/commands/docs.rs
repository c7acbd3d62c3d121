//! Pages of the documentation that are made from the code.

use std::fmt::Write as _;

use clap::CommandFactory;
use meshlaw_contract::formats::{consumer, native, term, waiver};
use meshlaw_contract::lowering::Keys;
use meshlaw_diff::catalogue;
use meshlaw_policy::{Book, LINTS, Shown, VOCABULARY, builtin_files};

use crate::args::Args;
use crate::failure::{ExitStatus, Failure};
use crate::findings::IDS;
use crate::output::print;
use crate::{schema, settings};

/// Print a page of the documentation
#[derive(Debug, clap::Args)]
pub struct DocsArgs {
    /// The page
    #[arg(value_enum)]
    topic: Topic,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Topic {
    BacktestSchema,
    Cli,
    DecisionLogSchema,
    Editors,
    Findings,
    ForecastSchema,
    Format,
    ImpactSchema,
    Policies,
    PolicyLints,
    ReportSchema,
    Rules,
    Settings,
    Vocabulary,
}

/// Prints the page.
pub fn run(args: &DocsArgs) -> anyhow::Result<ExitStatus> {
    let page = match args.topic {
        Topic::BacktestSchema => json_schema(&meshlaw_report::backtest::schema())?,
        Topic::Cli => cli(),
        Topic::DecisionLogSchema => decision_log_schema()?,
        Topic::Editors => schema::page()?,
        Topic::Findings => findings(),
        Topic::Format => format(),
        Topic::ForecastSchema => json_schema(&meshlaw_report::forecast::schema())?,
        Topic::ImpactSchema => json_schema(&meshlaw_report::law_impact::schema())?,
        Topic::Policies => policies()?,
        Topic::PolicyLints => policy_lints(),
        Topic::ReportSchema => json_schema(&meshlaw_report::formats::json::schema())?,
        Topic::Rules => rules()?,
        Topic::Settings => settings_page()?,
        Topic::Vocabulary => vocabulary(),
    };
    print(&page)?;
    Ok(ExitStatus::Pass)
}

fn policy_lints() -> String {
    let mut page = String::from(
        "# Lints of policies\n\n`meshlaw policy check` looks for these in policies that are valid; with `--strict` \
         they fail it. Cedar itself refuses words that the vocabulary does not have, conditions that can never hold, \
         and attributes that are read without asking for them first; unknown annotations, permits and missing examples \
         are errors, too.\n",
    );
    for kind in LINTS {
        let _ = write!(page, "\n## {}\n\n{}\n", kind.id, kind.meaning);
        match kind.example {
            Shown::Conditions(text) => {
                let _ = write!(page, "\n```cedar\n{text}\n```\n");
            }
            Shown::Files(files) | Shown::Examples(files) => {
                for (path, text) in files {
                    let language = path.rsplit('.').next().unwrap_or_default();
                    let _ = write!(page, "\n`{path}`:\n\n```{language}\n{text}```\n");
                }
            }
        }
    }
    page
}

fn cli() -> String {
    let mut page = String::from("# Command line\n");
    let mut command = Args::command().term_width(100);
    command.build();
    write_command(&mut page, &mut command, "meshlaw");
    page
}

fn write_command(page: &mut String, command: &mut clap::Command, name: &str) {
    let help = command.render_long_help().to_string();
    let trimmed: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(
        page,
        "\n## {name}\n\n```text\n{}\n```\n",
        trimmed.join("\n").trim_end()
    );
    let names: Vec<String> = command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
        .map(|inner| inner.get_name().to_owned())
        .collect();
    for inner in names {
        if let Some(command) = command.find_subcommand_mut(&inner) {
            write_command(page, command, &format!("{name} {inner}"));
        }
    }
}

fn findings() -> String {
    let mut page = String::from(
        "# Findings that are not a policy's\n\nTheir levels are set by `levels:` in meshlaw.yaml: `off`, `warn` or `error`.\n\n| id | meaning |\n|---|---|\n",
    );
    for (id, meaning) in IDS {
        let _ = writeln!(page, "| `{id}` | {meaning} |");
    }
    page
}

fn format() -> String {
    let mut page = String::from("# Contracts, consumers, terms and waivers\n");
    table(&mut page, "Contract", &native::CONTRACT);
    table(&mut page, "Dataset", &native::DATASET);
    table(&mut page, "Field", &native::FIELD);
    let types: Vec<String> = native::TYPES.iter().map(|ty| format!("`{ty}`")).collect();
    let _ = writeln!(page, "\nTypes: {}.", types.join(", "));
    table(&mut page, "Reference", &native::REFERENCE);
    table(&mut page, "Deprecation", &native::DEPRECATION);
    table(&mut page, "Quality rule", &native::RULE);
    table(&mut page, "Consumer", &consumer::CONSUMER);
    table(&mut page, "Use of a contract", &consumer::USE);
    table(&mut page, "Ways to reach people", &consumer::NOTIFY);
    table(&mut page, "Term", &term::TERM);
    table(&mut page, "Waiver", &waiver::WAIVER);
    page
}

fn settings_page() -> anyhow::Result<String> {
    let mut page = String::from(
        "# Settings\n\nThe file `meshlaw.yaml` at the root of the repository. Everything has a default.\n",
    );
    table(&mut page, "Keys", &settings::SETTINGS);
    table(&mut page, "A bundle", &settings::BUNDLE);
    table(&mut page, "A domain", &settings::DOMAIN);
    table(&mut page, "An enforcement", &settings::ENFORCEMENT);
    table(&mut page, "A product", &settings::PRODUCT);
    table(&mut page, "A team", &settings::TEAM);
    table(&mut page, "Glossary", &settings::GLOSSARY);
    parameters(&mut page);
    table(&mut page, "Vocabulary", &settings::VOCABULARY);
    Ok(page)
}

/// Writes the parameters with what holds where they are left out, which editors are told, too.
fn parameters(page: &mut String) {
    let schema = schema::SETTINGS.schema();
    page.push_str("\n## Parameters\n\n| key | expects | left out | meaning |\n|---|---|---|---|\n");
    for spec in settings::PARAMETERS.entries {
        let default = format!("/$defs/parameters/properties/{}/default", spec.key);
        let default = match schema.pointer(&default) {
            Some(serde_json::Value::Array(texts)) if texts.is_empty() => "none".to_owned(),
            Some(serde_json::Value::Array(texts)) => {
                let texts = texts.iter().filter_map(serde_json::Value::as_str);
                texts.collect::<Vec<_>>().join(", ")
            }
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            // Its meaning says what holds then.
            None => "–".to_owned(),
        };
        let _ = writeln!(
            page,
            "| `{}` | {} | {default} | {} |",
            spec.key, spec.expects, spec.doc
        );
    }
}

fn table<T>(page: &mut String, title: &str, keys: &Keys<T>) {
    let _ = write!(
        page,
        "\n## {title}\n\n| key | expects | meaning |\n|---|---|---|\n"
    );
    for spec in keys.entries {
        let _ = writeln!(page, "| `{}` | {} | {} |", spec.key, spec.expects, spec.doc);
    }
}

fn rules() -> anyhow::Result<String> {
    let rules = catalogue()?.rules();
    let mut page = String::from(
        "# Breaking-change rules\n\nEvery possible edit of a contract has exactly one rule. The examples below are run as tests.\n\n| rule | effect | consumers | producers | edits |\n|---|---|---|---|---|\n",
    );
    for rule in rules {
        let edits: Vec<String> = rule
            .edits
            .iter()
            .map(|(aspect, motion)| format!("{aspect} {motion}"))
            .collect();
        let _ = writeln!(
            page,
            "| [`{0}`](#{0}) | {1} | {2} | {3} | {4} |",
            rule.id,
            rule.effect,
            rule.consumers,
            rule.producers,
            edits.join(", ")
        );
    }
    for rule in rules {
        let body = rule.body.replace("\n## ", "\n### ");
        let _ = write!(
            page,
            "\n## {}\n\n{}\n\nHelp: {}\n",
            rule.id,
            body.trim_end(),
            rule.help
        );
    }
    Ok(page)
}

fn policies() -> anyhow::Result<String> {
    let book = Book::load(&builtin_files(), &[])
        .map_err(|problems| Failure::new(format!("{problems:?}"), ""))?;
    let mut page = String::from(
        "# Built-in policies\n\n| policy | severity | enforcement | what it refuses |\n|---|---|---|---|\n",
    );
    for policy in &book.policies {
        let _ = writeln!(
            page,
            "| [`{0}`](../policies/{0}/README.md) | {1} | {2} | {3} |",
            policy.id, policy.severity, policy.written, policy.message
        );
    }
    Ok(page)
}

fn decision_log_schema() -> anyhow::Result<String> {
    json_schema(&crate::decisions::schema())
}

fn json_schema(schema: &serde_json::Value) -> anyhow::Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(schema)?))
}

fn vocabulary() -> String {
    format!(
        "# Vocabulary of policies\n\n```cedar\n{}\n```\n",
        VOCABULARY.trim_end()
    )
}
