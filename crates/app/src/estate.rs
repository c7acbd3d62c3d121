//! Snapshots in, what exists around contracts out: consumers, terms, teams, domains.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use meshlaw_changeset::{Content, Entry, FileChange, Globs, Reader, Renames, changes};
use meshlaw_contract::model::{Consumer, Notify};
use meshlaw_contract::{Limits, Parsed, Problem, parse_consumers};
use meshlaw_policy::{Glossary, World};
use meshlaw_report::{Finding, Kind, Side};

use crate::codeowners::CodeOwners;
use crate::companions::Branch;
use crate::cores;
use crate::failure::Failure;
use crate::findings::{About, of_problem, unreadable};
use crate::glossary::{self, Lexicon, Page};
use crate::law::{join_products, join_teams};
use crate::revision::FileText;
use crate::settings::{Settings, TeamSettings};

/// Everything that exists around contracts.
pub struct Estate {
    /// Consumers, by name; one that both revisions have is there twice, with the uses of each.
    pub consumers: Vec<Consumer>,
    /// The files that those of the judged revision come from.
    pub consumer_files: Vec<Held<Consumer>>,
    /// What policies may ask about.
    pub world: World,
    /// The terms: what policies may ask of them, and where they are defined.
    pub lexicon: Lexicon,
    /// The files that the terms come from, where all are of the judged revision.
    pub term_pages: Vec<Page>,
    /// How to reach teams.
    pub teams: Arc<BTreeMap<String, TeamSettings>>,
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
    let mut estate = Estate::bare(settings, head_settings, as_of);
    estate.know_reviewers(settings, head_settings, [head].iter().chain(others))?;
    let (consumers, terms) = (
        Globs::new(&settings.consumers)?,
        Globs::new(&settings.terms)?,
    );
    let own = Files {
        consumers: head.list(&consumers)?,
        terms: head.list(&terms)?,
    };
    let mut beside = Vec::new();
    let mut differing = BTreeSet::new();
    for other in others {
        // What both revisions have alike is known already.
        let of_terms = changes(head, other, &terms, Renames::Ignore)?;
        differing.extend(of_terms.iter().map(|change| change.path().to_string()));
        let files = Files {
            consumers: of_other(&changes(head, other, &consumers, Renames::Ignore)?),
            terms: of_other(&of_terms),
        };
        beside.push((*other, files));
    }
    let is_shared = |path: &str| !others.is_empty() && !differing.contains(path);
    let pages = estate.fill(settings, (head, &own), &beside, is_shared);
    if others.is_empty() {
        estate.term_pages.clone_from(&pages);
    }
    estate.learn(pages, !others.is_empty());
    Ok(estate)
}

/// Reads some of the consumers of a revision whose terms are known.
///
/// What is wrong with the files is told by whoever read them first.
pub fn read_part(
    settings: &Settings,
    reader: &Reader,
    consumers: Vec<Entry>,
    terms: Vec<Page>,
    as_of: Date,
) -> Result<Estate, Failure> {
    let mut estate = Estate::bare(settings, None, as_of);
    estate.know_reviewers(settings, None, &[reader])?;
    let files = Files {
        consumers,
        terms: Vec::new(),
    };
    estate.fill(settings, (reader, &files), &[], |_| false);
    estate.learn(terms, false);
    Ok(estate)
}

/// Reads what exists around the contracts of a branch: of consumers those that use one of them,
/// and those that the branch touched.
pub fn read_around(
    branch: &Branch<'_>,
    head_settings: Option<&Settings>,
    as_of: Date,
) -> Result<Estate, Failure> {
    let (settings, head, tip) = (branch.settings, branch.head, branch.tip);
    let Some(found) = branch.companions()? else {
        return read_estate(settings, head_settings, head, &[tip], as_of);
    };
    let mut estate = Estate::bare(settings, head_settings, as_of);
    estate.know_reviewers(settings, head_settings, &[head, tip])?;
    // A file that the tip has alike is among its pages already.
    let mut pages = estate.fill(settings, (head, &found.head), &[(tip, found.tip)], |_| {
        false
    });
    pages.extend(found.terms);
    estate.learn(pages, true);
    Ok(estate)
}

/// Files of consumers and terms.
#[derive(Debug, Default)]
pub struct Files {
    /// Files of consumers.
    pub consumers: Vec<Entry>,
    /// Files of terms.
    pub terms: Vec<Entry>,
}

/// Returns the files that a revision does not share with the head.
fn of_other(changes: &[FileChange]) -> Vec<Entry> {
    let after = changes.iter().filter_map(FileChange::after);
    after.cloned().collect()
}

/// Consumers, each once, in the order in which they came.
#[derive(Default)]
struct Distinct {
    all: Vec<Consumer>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Distinct {
    fn extend(&mut self, consumers: impl IntoIterator<Item = Consumer>) {
        for consumer in consumers {
            let known = self.by_name.entry(consumer.name.clone()).or_default();
            let is_known = known
                .iter()
                .any(|index| self.all.get(*index) == Some(&consumer));
            if !is_known {
                known.push(self.all.len());
                self.all.push(consumer);
            }
        }
    }
}

/// A file of the estate that was read.
pub struct Held<T> {
    /// The file.
    pub file: FileText,
    /// What it holds.
    pub values: Vec<T>,
}

impl Estate {
    /// What the settings alone say.
    fn bare(settings: &Settings, head_settings: Option<&Settings>, as_of: Date) -> Self {
        let mut estate = Self {
            consumers: Vec::new(),
            consumer_files: Vec::new(),
            world: World {
                as_of,
                parameters: settings.parameters.clone(),
                teams: join_teams(settings, head_settings),
                products: join_products(settings, head_settings),
                glossary: Glossary::default(),
                approved_by: BTreeSet::new(),
                reviewers: BTreeSet::new(),
            },
            lexicon: Lexicon::default(),
            term_pages: Vec::new(),
            teams: Arc::clone(&settings.teams),
            mentions: mentions(settings),
            findings: Vec::new(),
        };
        let of_head = head_settings.map(|settings| &settings.teams);
        let of_head = of_head.filter(|teams| **teams != settings.teams);
        for (name, team) in of_head.into_iter().flat_map(|teams| teams.iter()) {
            let known = Arc::make_mut(&mut estate.teams).entry(name.clone());
            known.or_insert_with(|| team.clone());
        }
        estate
    }

    /// Takes note of the teams that review code: they exist, and may nothing by that.
    fn know_reviewers<'r>(
        &mut self,
        settings: &Settings,
        head_settings: Option<&Settings>,
        readers: impl IntoIterator<Item = &'r &'r Reader>,
    ) -> Result<(), Failure> {
        for reader in readers {
            if let Some(file) = CodeOwners::find(reader, settings)? {
                self.world.review(file.teams());
            }
        }
        let all = [Some(settings), head_settings].into_iter().flatten();
        let teams = all.flat_map(|settings| settings.teams.values());
        let handles = teams.filter_map(|team| team.notify.github.as_deref());
        self.world.review(handles);
        Ok(())
    }

    /// Reads consumers, and returns the terms; those of the head are law where the target branch
    /// shares their files.
    fn fill(
        &mut self,
        settings: &Settings,
        head: (&Reader, &Files),
        beside: &[(&Reader, Files)],
        is_shared: impl Fn(&str) -> bool,
    ) -> Vec<Page> {
        let mut consumers = Distinct::default();
        let (reader, files) = head;
        let (kind, entries) = (Kind::Consumer, (reader, &*files.consumers));
        self.consumer_files = self.read(settings, entries, kind, true, parse_consumers);
        let files_read = self.consumer_files.iter();
        files_read.for_each(|file| consumers.extend(file.values.iter().cloned()));
        let entries = (reader, &*files.terms);
        let terms = self.read(settings, entries, Kind::Term, true, glossary::parse);
        let terms = terms.into_iter().map(|held| Page {
            is_law: is_shared(&held.file.path),
            path: held.file.path,
            terms: held.values,
        });
        let mut pages: Vec<Page> = terms.collect();
        for (reader, files) in beside {
            let entries = (*reader, &*files.consumers);
            let read = self.read(settings, entries, kind, false, parse_consumers);
            read.into_iter()
                .for_each(|file| consumers.extend(file.values));
            let entries = (*reader, &*files.terms);
            let terms = self.read(settings, entries, Kind::Term, false, glossary::parse);
            pages.extend(terms.into_iter().map(|held| Page {
                is_law: true,
                path: held.file.path,
                terms: held.values,
            }));
        }
        self.consumers = consumers.all;
        pages
    }

    /// Takes the terms of another revision for those that exist.
    pub fn take_terms_of(&mut self, settings: &Settings, reader: &Reader) -> Result<(), Failure> {
        let entries = reader.list(&Globs::new(&settings.terms)?)?;
        let entries = (reader, &*entries);
        let terms = self.read(settings, entries, Kind::Term, false, glossary::parse);
        let pages = terms.into_iter().map(|held| Page {
            is_law: false,
            path: held.file.path,
            terms: held.values,
        });
        self.learn(pages.collect(), false);
        Ok(())
    }

    fn learn(&mut self, pages: Vec<Page>, has_target: bool) {
        self.lexicon = Lexicon::of(pages, has_target);
        self.world.glossary = self.lexicon.glossary.clone();
    }

    /// Reads files; what is wrong with those of the head is told.
    fn read<T: Send>(
        &mut self,
        settings: &Settings,
        (reader, entries): (&Reader, &[Entry]),
        kind: Kind,
        is_head: bool,
        parse: impl for<'t> Fn(&'t str, &Limits) -> Vec<Parsed<'t, T>> + Sync,
    ) -> Vec<Held<T>> {
        let mut files = Vec::with_capacity(entries.len());
        let contents = reader.read_all(entries, settings.limits.bytes as u64);
        for (entry, content) in entries.iter().zip(contents) {
            match text_of(content, entry, settings) {
                Ok(text) => files.push(FileText {
                    path: entry.path.to_string(),
                    text,
                    side: Side::Head,
                }),
                Err(finding) => self
                    .findings
                    .extend(finding.filter(|_| is_head).map(|one| *one)),
            }
        }
        let read = |file: FileText| {
            let (mut values, mut findings) = (Vec::new(), Vec::new());
            for parsed in parse(&file.text, &settings.limits) {
                let finding = |problem: &Problem| {
                    let location = file.source().at(problem.span);
                    of_problem(settings, problem, kind, About::default(), location)
                };
                if is_head {
                    findings.extend(parsed.problems.iter().filter_map(finding));
                }
                values.extend(parsed.value);
            }
            (Held { file, values }, findings)
        };
        let read = cores::each(files, read);
        let mut all = Vec::with_capacity(read.len());
        for (held, findings) in read {
            self.findings.extend(findings);
            all.push(held);
        }
        all
    }

    /// Returns whom a comment may mention for a consumer: the team that the settings name, since
    /// a consumer's own file may come with the change that is judged.
    pub fn mention(&self, consumer: &Consumer) -> Option<String> {
        self.mentions.get(consumer.owner.as_ref()?).cloned()
    }

    /// Returns the ways to reach a consumer's people: its own, else its owner's.
    pub fn reach(&self, consumer: &Consumer) -> Vec<String> {
        self.notify(consumer).map(ways).unwrap_or_default()
    }

    /// Returns where messages to a consumer go: its own places, else those of its owner.
    pub fn notify<'e>(&'e self, consumer: &'e Consumer) -> Option<&'e Notify> {
        if consumer.notify != Notify::default() {
            return Some(&consumer.notify);
        }
        let team = self.teams.get(consumer.owner.as_ref()?)?;
        Some(&team.notify)
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
    text_of(
        reader.read(entry, settings.limits.bytes as u64),
        entry,
        settings,
    )
}

/// Returns the text that a file was found to hold, or says why there is none.
pub fn text_of(
    content: Content,
    entry: &Entry,
    settings: &Settings,
) -> Result<String, Option<Box<Finding>>> {
    match content {
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
