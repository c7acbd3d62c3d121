//! What an id means: rules, policies and findings.

use meshlaw_changeset::Snapshot;
use meshlaw_diff::{Rule, catalogue};
use meshlaw_policy::{Book, VOCABULARY, builtin_files};

use crate::failure::{ExitStatus, Failure};
use crate::findings::IDS;
use crate::law;
use crate::meaning::{explanation, nearest_id};
use crate::output::print;
use crate::rulings;

/// Explain a rule, a policy or a finding
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// Id, such as `field-removed` or `org/privacy/pii-masked`; `vocabulary` for the words that
    /// policies are written in; left out to list every id
    id: Option<String>,
}

/// Explains the id.
pub fn run(args: &ExplainArgs) -> anyhow::Result<ExitStatus> {
    let rules = catalogue()?.rules();
    let book = book();
    let Some(id) = &args.id else {
        print(&list(rules, &book))?;
        return Ok(ExitStatus::Pass);
    };
    let text = match explanation(id, rules, &book) {
        Some(explanation) => explanation.markdown,
        None if id == "vocabulary" => VOCABULARY.to_owned(),
        None => return Err(unknown(id, rules, &book).into()),
    };
    print(&text)?;
    Ok(ExitStatus::Pass)
}

/// The policies that hold here, and the built-in ones.
fn book() -> Book {
    let here = Snapshot::folder(".").open().ok();
    let law = here.and_then(|reader| {
        let settings = law::read_settings(&reader).ok()?;
        let files = law::policy_files(&reader, &settings.policies).ok()?;
        Some((settings, files))
    });
    let (settings, own) = law.unwrap_or_default();
    // A broken policy here must not keep the others from being explained.
    let whole = Book::load(&builtin_files(), &own);
    let mut book = whole
        .or_else(|_| Book::load(&builtin_files(), &[]))
        .unwrap_or_default();
    rulings::settle(&mut book, &settings);
    book
}

fn unknown(id: &str, rules: &[Rule], book: &Book) -> Failure {
    let ids = rules.iter().map(|rule| rule.id);
    let ids = ids.chain(book.policies.iter().map(|policy| policy.id.as_str()));
    let ids: Vec<&str> = ids.chain(IDS.iter().map(|(id, _)| *id)).collect();
    let near = nearest_id(id, &ids);
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "list every id with `meshlaw explain`".to_owned(),
    };
    Failure::new(
        format!("`{id}` is not an id of a rule, a policy or a finding"),
        help,
    )
}

fn list(rules: &[Rule], book: &Book) -> String {
    let mut text = String::from("Rules\n");
    for rule in rules {
        text.push_str(&format!("  {:<26} {}\n", rule.id, rule.message));
    }
    text.push_str("\nPolicies\n");
    for policy in &book.policies {
        text.push_str(&format!(
            "  {:<42} {}\n",
            policy.id.as_str(),
            policy.message
        ));
    }
    text.push_str("\nFindings\n");
    for (id, meaning) in IDS {
        text.push_str(&format!("  {id:<32} {meaning}\n"));
    }
    text
}
