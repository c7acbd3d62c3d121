//! An estate as it stands in, waivers with an end for all that fails today out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use jiff::ToSpan;
use jiff::civil::Date;
use meshlaw_contract::model::Waiver;
use meshlaw_report::{Enforcement, Finding, Kind, Severity};

use super::audit::{Asked, Surveyed, survey};
use crate::failure::{ExitStatus, Failure};
use crate::files::write_new;
use crate::output::{self, print};
use crate::waivers::{InForce, Ledger, Terms, excuse, path_for, to_yaml, validate, waiver_for};
use crate::when;

/// Write waivers with an end for all that fails today, so that an estate starts green
///
/// Each waiver excuses one finding and no other: whatever comes new is a finding. Commit the files
/// in a pull request that the approving team reviews.
#[derive(Debug, clap::Args)]
pub struct BaselineArgs {
    /// Folder to begin in
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Team that grants the waivers [default: the one team with the role `governance`]
    #[arg(long, value_name = "TEAM")]
    approved_by: Option<String>,
    /// Last day on which they hold [default: as late as `max_error_waiver_days` and `max_waiver_days` allow]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    expires: Option<Date>,
    /// Let the owners' waivers end on different days within so many days before the last
    #[arg(long, value_name = "DAYS", default_value_t = 0)]
    spread: u16,
    /// Why
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "it was there when the rule came"
    )]
    reason: String,
    /// Where the matter is tracked
    #[arg(long, value_name = "TEXT")]
    ticket: Option<String>,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
}

/// Writes the waivers.
pub fn run(args: &BaselineArgs) -> anyhow::Result<ExitStatus> {
    let today = when::settle(args.as_of);
    let asked = Asked {
        path: &args.path,
        at: None,
        policies: None,
        as_of: today,
        plain: false,
        keeps_all: true,
        only_counts: false,
        joined: None,
        log: None,
    };
    survey(&asked, |surveyed| {
        let plan = Plan::make(args, today, &surveyed)?;
        let left = plan.left(&surveyed)?;
        let written = plan.files(&surveyed, today)?;
        for (path, text) in &written {
            if !args.dry_run {
                write_new(&args.path.join(path), text)?;
            }
        }
        print(&summary(args, &plan, &written, &left))?;
        print(&plan.beyond_budget(&surveyed)?)?;
        Ok(if left.is_empty() {
            ExitStatus::Pass
        } else {
            ExitStatus::Blocked
        })
    })
}

/// The waivers to write, with the owner of the contract that each is about.
struct Plan {
    waivers: Vec<(String, Waiver)>,
    approved_by: String,
}

impl Plan {
    fn make(
        args: &BaselineArgs,
        today: Date,
        surveyed: &Surveyed<'_, '_>,
    ) -> Result<Self, Failure> {
        let settings = &surveyed.court.law.settings;
        let approved_by = match &args.approved_by {
            Some(team) => team.clone(),
            None => only_governance(surveyed)?,
        };
        let longest = today
            .checked_add(settings.parameters.waiver_days(Severity::Error).days())
            .unwrap_or(Date::MAX);
        let last = args.expires.unwrap_or(longest);
        let failing: Vec<&Finding> = surveyed.findings.iter().filter(|one| fails(one)).collect();
        let owners: BTreeSet<&str> = failing.iter().map(|finding| owner(finding)).collect();
        let ends = ends(&owners, last, args.spread);
        let mut waivers = BTreeMap::new();
        for finding in failing {
            let owner = owner(finding);
            let terms = Terms {
                approved_by: approved_by.clone(),
                expires: ends.get(owner).copied().unwrap_or(last),
                reason: args.reason.clone(),
                ticket: args.ticket.clone(),
            };
            if finding.enforcement == Enforcement::Soft
                && let Some(waiver) = waiver_for(finding, &terms, today)
            {
                waivers.insert(waiver.name.clone(), (owner.to_owned(), waiver));
            }
        }
        let mut plan = Self {
            waivers: waivers.into_values().collect(),
            approved_by,
        };
        plan.drop_void(surveyed)?;
        Ok(plan)
    }

    /// Leaves out what would be refused, such as a team's waivers for its own contracts.
    fn drop_void(&mut self, surveyed: &Surveyed<'_, '_>) -> Result<(), Failure> {
        let ledger = self.ledger(surveyed)?;
        let mut judge = surveyed.court.silent_judge()?;
        let court = surveyed.court;
        let all = court.ledger.entries().chain(ledger.entries());
        let in_force = InForce::of(all, court.estate.world.as_of);
        let entries = ledger.entries();
        let faults = validate(court, &mut judge, surveyed.docket, &in_force, entries)?;
        let void: BTreeSet<&str> = faults
            .iter()
            .filter(|fault| fault.severity == Severity::Error)
            .filter_map(|fault| fault.pointer.first().map(String::as_str))
            .collect();
        let all_alike = !void.is_empty() && void.len() == self.waivers.len();
        if let (true, Some(fault)) = (all_alike, faults.first()) {
            let help = fault.help.clone().unwrap_or_default();
            let message = format!("no waiver would hold: {}", fault.message);
            return Err(Failure::new(message, help));
        }
        self.waivers
            .retain(|(_, waiver)| !void.contains(waiver.name.as_str()));
        Ok(())
    }

    fn ledger(&self, surveyed: &Surveyed<'_, '_>) -> Result<Ledger, Failure> {
        let mut ledger = Ledger::default();
        let settings = &surveyed.court.law.settings;
        for (_, waiver) in &self.waivers {
            let text = to_yaml(std::slice::from_ref(waiver))?;
            if let Some(fault) = ledger.add(settings, "baseline", &text).into_iter().next() {
                return Err(Failure::new(fault.message, fault.help.unwrap_or_default()));
            }
        }
        Ok(ledger)
    }

    /// Returns what fails all the same.
    fn left(&self, surveyed: &Surveyed<'_, '_>) -> Result<Vec<Finding>, Failure> {
        let mut findings: Vec<Finding> = surveyed
            .findings
            .iter()
            .filter(|one| fails(one))
            .cloned()
            .collect();
        let ledger = self.ledger(surveyed)?;
        excuse(surveyed.court, &ledger, surveyed.docket, &mut findings)?;
        findings.retain(fails);
        Ok(findings)
    }

    /// Says which domains will hold more waivers than they may.
    fn beyond_budget(&self, surveyed: &Surveyed<'_, '_>) -> Result<String, Failure> {
        let (court, ledger) = (surveyed.court, self.ledger(surveyed)?);
        let all = court.ledger.entries().chain(ledger.entries());
        let in_force = InForce::of(all, court.estate.world.as_of);
        let mut text = String::new();
        for (domain, count, budget) in in_force.beyond(&court.law.settings) {
            let domain = meshlaw_report::visible(domain);
            let _ = writeln!(
                text,
                "The domain `{domain}` will hold {} and may hold {budget}: raise its budget in \
                 meshlaw.yaml first.",
                output::count(count, "waiver")
            );
        }
        Ok(text)
    }

    /// Returns the files: one for each contract, so that whoever mends it removes it.
    fn files(
        &self,
        surveyed: &Surveyed<'_, '_>,
        today: Date,
    ) -> Result<BTreeMap<String, String>, Failure> {
        let mut by_contract: BTreeMap<&str, Vec<Waiver>> = BTreeMap::new();
        for (_, waiver) in &self.waivers {
            let waivers = by_contract.entry(&waiver.contract).or_default();
            waivers.push(waiver.clone());
        }
        let mut files = BTreeMap::new();
        for (contract, mut waivers) in by_contract {
            waivers.sort_by(|left, right| {
                (&left.policy, &left.pointer).cmp(&(&right.policy, &right.pointer))
            });
            let (domain, name) = contract.split_once('/').unwrap_or(("", contract));
            let folder = format!("baseline-{today}");
            let settings = &surveyed.court.law.settings;
            let path = path_for(settings, &[&folder, domain, name])?;
            files.insert(path, to_yaml(&waivers)?);
        }
        Ok(files)
    }
}

fn fails(finding: &Finding) -> bool {
    finding.blocks(Severity::Error, true) && finding.kind != Kind::Waiver
}

fn owner(finding: &Finding) -> &str {
    finding.owner.as_deref().unwrap_or("nobody")
}

/// Spreads the last days over the owners, in the order of their names; the last has the last.
fn ends<'o>(owners: &BTreeSet<&'o str>, last: Date, spread: u16) -> BTreeMap<&'o str, Date> {
    let steps = i64::try_from(owners.len().saturating_sub(1))
        .unwrap_or(i64::MAX)
        .max(1);
    let end = |(index, owner): (usize, &&'o str)| {
        let left = steps - i64::try_from(index).unwrap_or(steps).min(steps);
        let earlier = i64::from(spread) * left / steps;
        let is_alone = owners.len() == 1;
        let earlier = if is_alone { 0 } else { earlier };
        (*owner, last.checked_sub(earlier.days()).unwrap_or(last))
    };
    owners.iter().enumerate().map(end).collect()
}

fn only_governance(surveyed: &Surveyed<'_, '_>) -> Result<String, Failure> {
    let teams = surveyed.court.law.settings.teams.iter();
    let governing: Vec<&String> = teams
        .filter(|(_, team)| team.roles.contains("governance"))
        .map(|(name, _)| name)
        .collect();
    match governing.as_slice() {
        [team] => Ok((*team).clone()),
        [] => Err(Failure::new(
            "no team may grant waivers",
            "give one the role under `teams:` in meshlaw.yaml, as in \
             `data-governance: { roles: [governance] }`",
        )),
        several => {
            let names: Vec<&str> = several.iter().map(|name| name.as_str()).collect();
            let message = format!("several teams may grant waivers: {}", names.join(", "));
            Err(Failure::new(message, "name one with `--approved-by`"))
        }
    }
}

fn summary(
    args: &BaselineArgs,
    plan: &Plan,
    files: &BTreeMap<String, String>,
    left: &[Finding],
) -> String {
    let mut text = String::new();
    let mut by_owner: BTreeMap<&str, (usize, Date)> = BTreeMap::new();
    for (owner, waiver) in &plan.waivers {
        by_owner.entry(owner).or_insert((0, waiver.expires)).0 += 1;
    }
    let verb = if args.dry_run { "would write" } else { "wrote" };
    let _ = writeln!(
        text,
        "{verb} {} in {}, granted by {}",
        output::count(plan.waivers.len(), "waiver"),
        output::count(files.len(), "file"),
        plan.approved_by
    );
    for (owner, (count, until)) in by_owner {
        let owner = meshlaw_report::visible(owner);
        let _ = writeln!(text, "  {count:>5} until {until}  {owner}");
    }
    if left.is_empty() {
        text.push_str(
            "\nNothing fails any more. Commit the files; the approving team reviews them.\n",
        );
        return text;
    }
    let mut by_id: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in left {
        let why = match (finding.enforcement, &finding.contract) {
            (Enforcement::Hard, _) => "hard: it cannot be waived",
            (_, None) => "it is about no contract",
            (_, Some(_)) => "the approving team may not grant it",
        };
        *by_id.entry((&finding.id, why)).or_default() += 1;
    }
    let stay = match left.len() {
        1 => "1 finding stays and has to be mended".to_owned(),
        many => format!("{many} findings stay and have to be mended"),
    };
    let _ = writeln!(text, "\n{stay}:");
    for ((id, why), count) in by_id {
        let _ = writeln!(text, "  {count:>5}  {id} ({why})");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn ends_are_spread_over_the_owners() {
        let last = date(2027, 3, 31);
        let days = |names: &[&'static str], spread| -> Vec<String> {
            let owners = names.iter().copied().collect();
            let ends = ends(&owners, last, spread);
            ends.values().map(ToString::to_string).collect()
        };
        assert_eq!(
            days(&["a", "b", "c"], 20),
            ["2027-03-11", "2027-03-21", "2027-03-31"]
        );
        assert_eq!(days(&["a", "b"], 0), ["2027-03-31", "2027-03-31"]);
        assert_eq!(days(&["a"], 30), ["2027-03-31"]);
        assert!(days(&[], 30).is_empty());
    }
}
