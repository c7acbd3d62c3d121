//! A waiver and a later day in, its file with that day and nothing else changed out.

use std::path::PathBuf;

use jiff::civil::Date;
use meshlaw_contract::model::Waiver;
use meshlaw_contract::{Limits, nearest, parse_waivers};

use super::{Surveyed, ledger_of, look, refuse_void};
use crate::failure::{ExitStatus, Failure};
use crate::output::{print, write_file};
use crate::waivers::Entry;
use crate::when;

#[derive(Debug, clap::Args)]
pub struct RenewArgs {
    /// Name of the waiver, as `meshlaw waiver list` shows it
    waiver: String,
    /// Last day on which it is to hold
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    until: Date,
    /// Folder whose waiver it is
    #[arg(long, value_name = "DIR", default_value = ".")]
    path: PathBuf,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
}

/// Renews a waiver, unless policies would not let it hold.
pub fn run(args: &RenewArgs) -> anyhow::Result<ExitStatus> {
    look(&args.path, when::settle(args.as_of), |surveyed| {
        let entry = find(&args.waiver, &surveyed)?;
        let old = &entry.waiver;
        if args.until <= old.expires {
            let message = format!(
                "`{}` holds until {}, which is no earlier than {}",
                old.name, old.expires, args.until
            );
            let help = "name a later day; to end it sooner, edit `expires` in its file";
            return Err(Failure::new(message, help).at(place(entry)).into());
        }
        let file = args.path.join(&entry.path);
        let text = std::fs::read_to_string(&file)
            .map_err(|error| anyhow::anyhow!("cannot read `{}`: {error}", file.display()))?;
        let renewed = move_end(&text, old, args.until).ok_or_else(|| by_hand(entry, args.until))?;
        let mut ledger = ledger_of(&surveyed, &entry.path, &renewed)?;
        ledger.keep(|one| one.name == old.name);
        refuse_void(&surveyed, &ledger)?;
        if !args.dry_run {
            write_file(&file, &renewed)?;
        }
        print(&told(args, entry, &surveyed)?)?;
        Ok(ExitStatus::Pass)
    })
}

/// Finds the one waiver of a name.
fn find<'l>(name: &str, surveyed: &Surveyed<'_, 'l>) -> Result<&'l Entry, Failure> {
    let entries = || surveyed.court.ledger.entries();
    let found: Vec<&Entry> = entries()
        .filter(|entry| entry.waiver.name == name)
        .collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => {
            let message = format!("no waiver is called `{name}`");
            let names = entries().map(|entry| entry.waiver.name.as_str());
            let help = match nearest(name, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "see `meshlaw waiver list`".to_owned(),
            };
            Err(Failure::new(message, help))
        }
        several => {
            let paths: Vec<&str> = several.iter().map(|entry| entry.path.as_str()).collect();
            let message = format!("several waivers are called `{name}`: {}", paths.join(", "));
            Err(Failure::new(message, "give each a name of its own"))
        }
    }
}

/// Puts another day where a file states the end of a waiver; nothing where that is no plain value.
fn move_end(text: &str, waiver: &Waiver, until: Date) -> Option<String> {
    let limits = Limits::default();
    let parsed = parse_waivers(text, &limits);
    let own = parsed
        .iter()
        .find(|one| one.value.as_ref() == Some(waiver))?;
    let span = own.document.root()?.get("expires")?.span();
    let range = span.start as usize..span.end as usize;
    let written = text.get(range.clone())?;
    let day = until.to_string();
    let piece = written.replace(&waiver.expires.to_string(), &day);
    let mut renewed = text.to_owned();
    renewed.replace_range(range, &piece);
    // What was meant is what is read back: only this waiver changed, and only in its end.
    let read = |text: &str| -> Vec<Option<Waiver>> {
        let parsed = parse_waivers(text, &limits).into_iter();
        parsed.map(|one| one.value).collect()
    };
    let moved = |one: Option<Waiver>| {
        one.map(|one| {
            if one == *waiver {
                Waiver {
                    expires: until,
                    ..one
                }
            } else {
                one
            }
        })
    };
    let expected: Vec<Option<Waiver>> = read(text).into_iter().map(moved).collect();
    (read(&renewed) == expected).then_some(renewed)
}

fn by_hand(entry: &Entry, until: Date) -> Failure {
    let message = format!(
        "cannot tell which text in `{}` is the end of `{}`",
        entry.path, entry.waiver.name
    );
    Failure::new(message, format!("write `expires: {until}` there")).at(place(entry))
}

fn place(entry: &Entry) -> String {
    let at = entry.at("expires");
    format!("{}:{}:{}", at.path, at.line, at.column)
}

fn told(args: &RenewArgs, entry: &Entry, surveyed: &Surveyed<'_, '_>) -> Result<String, Failure> {
    let waiver = Waiver {
        expires: args.until,
        ..entry.waiver.clone()
    };
    let court = surveyed.court;
    let ids = [waiver.policy.as_str()];
    let count = court
        .past
        .map_or(Ok(0), |past| past.renewals(&waiver, &ids))?;
    let verb = if args.dry_run { "would move" } else { "moved" };
    let most = court.law.settings.parameters.max_waiver_renewals;
    Ok(format!(
        "{verb} the end of {} in {} from {} to {}\n\nThat is renewal {count} of at most {most} in a \
         row, once it is on the target branch. Have {} approve it.\n",
        waiver.name, entry.path, entry.waiver.expires, waiver.expires, waiver.approved_by
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn only_the_end_is_moved() {
        let head =
            "waiver: W-1\npolicy: p/q\ncontract: a/b\nreason: until 2027-01-31\napproved_by: t\n";
        for (before, after) in [
            ("expires: 2027-01-31\n", "expires: 2027-03-31\n"),
            (
                "expires:   2027-01-31   # then\r\n",
                "expires:   2027-03-31   # then\r\n",
            ),
            ("\"expires\": '2027-01-31'\n", "\"expires\": '2027-03-31'\n"),
            ("expires: \"2027-01-31\"", "expires: \"2027-03-31\""),
        ] {
            // A second waiver that ends on the same day stays as it is.
            let other = format!("---\n{head}expires: 2027-01-31\n").replace("W-1", "W-2");
            let text = format!("# granted\n{head}{before}");
            let whole = format!("{text}\n{other}");
            let waiver = parse_waivers(&whole, &Limits::default())
                .remove(0)
                .value
                .unwrap();
            let renewed = move_end(&whole, &waiver, date(2027, 3, 31)).unwrap();
            assert_eq!(renewed, format!("# granted\n{head}{after}\n{other}"));
        }
    }

    #[test]
    fn what_is_not_written_as_a_day_is_left_alone() {
        let text = "waiver: W-1\npolicy: p/q\ncontract: a/b\nreason: r\napproved_by: t\n\
                    expires: \"2027-01-3\\x31\"\n";
        let waiver = parse_waivers(text, &Limits::default())
            .remove(0)
            .value
            .unwrap();
        assert_eq!(move_end(text, &waiver, date(2027, 3, 31)), None);
    }
}
