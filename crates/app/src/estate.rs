//! Snapshots in, what exists around contracts out: consumers, terms, teams, domains.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use meshlaw_changeset::{Content, Entry, Globs, Reader};
use meshlaw_contract::model::{Consumer, Notify, Term};
use meshlaw_contract::{Limits, Parsed, Problem, parse_consumers, parse_terms};
use meshlaw_policy::World;
use meshlaw_report::{Finding, Kind, Side};

use crate::failure::Failure;
use crate::findings::{About, of_problem, unreadable};
use crate::law::{join_products, join_teams};
use crate::place::Source;
use crate::revision::FileText;
use crate::settings::{Settings, TeamSettings};

/// Everything that exists around contracts.
pub struct Estate {
    /// Consumers, by name; one that both revisions have is there twice, with the uses of each.
    pub consumers: Vec<Consumer>,
    /// The files that those of the judged revision come from.
    pub consumer_files: Vec<FileText>,
    /// What policies may ask about.
    pub world: World,
    /// How to reach teams.
    pub teams: BTreeMap<String, TeamSettings>,
    /// Whom a comment may mention for a team, by the law alone.
    pub mentions: BTreeMap<String, String>,
    /// What is wrong with the files of the revision that is judged.
    pub findings: Vec<Finding>,
}

/// Reads what exists.
///
/// `others` are further revisions whose consumers and terms exist too, so that a pull request
/// cannot make those who feel its change disappear. Only the files of `head` are complained of.
pub fn read_estate(
    settings: &Settings,
    head_settings: Option<&Settings>,
    head: &Reader,
    others: &[&Reader],
    as_of: Date,
) -> Result<Estate, Failure> {
    let mut estate = Estate {
        consumers: Vec::new(),
        consumer_files: Vec::new(),
        world: World {
            as_of,
            parameters: settings.parameters.clone(),
            teams: join_teams(settings, head_settings),
            products: join_products(settings, head_settings),
            terms: BTreeSet::new(),
            approved_by: BTreeSet::new(),
        },
        teams: settings.teams.clone(),
        mentions: mentions(settings),
        findings: Vec::new(),
    };
    for (name, team) in head_settings
        .into_iter()
        .flat_map(|settings| &settings.teams)
    {
        estate
            .teams
            .entry(name.clone())
            .or_insert_with(|| team.clone());
    }
    estate.add(settings, head, true)?;
    for other in others {
        estate.add(settings, other, false)?;
    }
    Ok(estate)
}

impl Estate {
    fn add(&mut self, settings: &Settings, reader: &Reader, is_head: bool) -> Result<(), Failure> {
        let consumers = self.read(
            settings,
            reader,
            &settings.consumers,
            Kind::Consumer,
            is_head,
            parse_consumers,
        )?;
        for consumer in consumers {
            if !self.consumers.contains(&consumer) {
                self.consumers.push(consumer);
            }
        }
        let terms: Vec<Term> = self.read(
            settings,
            reader,
            &settings.terms,
            Kind::Term,
            is_head,
            parse_terms,
        )?;
        self.world
            .terms
            .extend(terms.into_iter().map(|term| term.name));
        Ok(())
    }

    fn read<T>(
        &mut self,
        settings: &Settings,
        reader: &Reader,
        globs: &[String],
        kind: Kind,
        is_head: bool,
        parse: impl for<'t> Fn(&'t str, &Limits) -> Vec<Parsed<'t, T>>,
    ) -> Result<Vec<T>, Failure> {
        let mut values = Vec::new();
        for entry in reader.list(&Globs::new(globs)?)? {
            let path = entry.path.to_string();
            let text = match read_text(reader, &entry, settings) {
                Ok(text) => text,
                Err(finding) => {
                    self.findings
                        .extend(finding.filter(|_| is_head).map(|one| *one));
                    continue;
                }
            };
            let source = Source {
                path: &path,
                text: &text,
                side: Side::Head,
            };
            for parsed in parse(&text, &settings.limits) {
                let finding = |problem: &Problem| {
                    of_problem(
                        settings,
                        problem,
                        kind,
                        About::default(),
                        source.at(problem.span),
                    )
                };
                if is_head {
                    self.findings
                        .extend(parsed.problems.iter().filter_map(finding));
                }
                values.extend(parsed.value);
            }
            if is_head && kind == Kind::Consumer {
                self.consumer_files.push(FileText {
                    path,
                    text,
                    side: Side::Head,
                });
            }
        }
        Ok(values)
    }

    /// Returns whom a comment may mention for a consumer: the team that the settings name, since
    /// a consumer's own file may come with the change that is judged.
    pub fn mention(&self, consumer: &Consumer) -> Option<String> {
        self.mentions.get(consumer.owner.as_ref()?).cloned()
    }

    /// Returns the ways to reach a consumer's people: its own, else its owner's.
    pub fn reach(&self, consumer: &Consumer) -> Vec<String> {
        let own = ways(&consumer.notify);
        if !own.is_empty() {
            return own;
        }
        let owner = consumer
            .owner
            .as_ref()
            .and_then(|owner| self.teams.get(owner));
        owner.map(|team| ways(&team.notify)).unwrap_or_default()
    }
}

fn mentions(settings: &Settings) -> BTreeMap<String, String> {
    let teams = settings.teams.iter();
    let mention =
        |(name, team): (&String, &TeamSettings)| Some((name.clone(), team.notify.github.clone()?));
    teams.filter_map(mention).collect()
}

/// Reads a file, or says why not.
pub fn read_text(
    reader: &Reader,
    entry: &Entry,
    settings: &Settings,
) -> Result<String, Option<Box<Finding>>> {
    match reader.read(entry, settings.limits.bytes as u64) {
        Content::Text(text) => Ok(text),
        Content::Unreadable(why) => {
            let (path, reason) = (entry.path.to_string(), why.to_string());
            Err(unreadable(settings, &path, &reason, why.help()).map(Box::new))
        }
    }
}

/// Returns the ways to reach people.
pub fn ways(notify: &Notify) -> Vec<String> {
    let Notify {
        github,
        slack,
        email,
        webhook,
    } = notify;
    [github, slack, email, webhook]
        .into_iter()
        .flatten()
        .cloned()
        .collect()
}
