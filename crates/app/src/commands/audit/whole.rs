//! An estate in, what is wrong with it out, after a look at every file.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use meshlaw_changeset::{Entry, Globs, Reader, Snapshot};
use meshlaw_report::Finding;

use super::gathered::{self, Gathered, Keeping};
use super::judged::Source;
use super::roll::Roll;
use super::roster::{self, Charted};
use super::shelf::{Found, Shelf};
use super::{Asked, Opening, Surveyed, conclude, law_of, notes, products, revision_id, seat};
use crate::atlas::Atlas;
use crate::codeowners;
use crate::consumption::{self, Consumption, OfUses};
use crate::cores;
use crate::court::Court;
use crate::crossing::{self, Crossed};
use crate::definitions::{self, Clash};
use crate::estate::read_estate;
use crate::failure::Failure;
use crate::inventory::{Draft, Noted, Shelved};
use crate::names;
use crate::shards::Shares;
use crate::verdicts::{Archive, Record};
use crate::waivers::Ledger;

/// What an audit judges with, before it judges.
pub(super) struct Session<'s, 'l> {
    pub(super) court: &'s Court<'l>,
    pub(super) snapshot: &'s Snapshot,
    pub(super) reader: &'s Reader,
    pub(super) entries: &'s [Entry],
    /// Waivers that are none.
    pub(super) malformed: Vec<Finding>,
    /// Paths and stamps of all files of a work tree, as they were before any was read.
    pub(super) roll: Option<Roll>,
}

/// Judges every contract of an estate, as far as nothing that is kept says how it fares.
pub(super) fn whole<T>(
    opening: &Opening,
    asked: &Asked<'_>,
    shelf: Option<&Shelf>,
    then: impl FnOnce(Surveyed<'_, '_>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    convene(opening, asked, shelf.is_some(), |mut session| {
        let court = session.court;
        let (law, estate) = (court.law, court.estate);
        let shelved = shelf.and_then(|shelf| shelf.shelved(court));
        let records = shelved.as_ref().and_then(Shelved::records);
        let records = records.unwrap_or_default();
        // Without a roll, nobody could tell later what changed.
        let keeper = shelf.filter(|_| session.roll.is_some());
        let draft = keeper.and_then(|shelf| Draft::begin(shelf.cache()));
        let mut judged = judge(&session, asked, (shelf, draft.as_ref()), &records)?;
        let mut findings = std::mem::take(&mut judged.findings);
        let own = findings.len();
        let charted = Charted::new(&judged.roster, session.entries);
        let Across {
            crossed,
            uses,
            clashes,
        } = across(&session, &judged, &charted, &mut findings)?;
        let of_products = charted.products();
        let kept = shelf.zip(draft).zip(session.roll.take());
        let kept = kept.and_then(|((shelf, draft), roll)| {
            let found = Found {
                roll,
                entries: session.entries,
                root: session.reader.root_tree(),
                sheets: judged.sheets,
                crossed,
                uses,
                tally: &judged.tally,
                charted: &charted,
                products: &of_products,
                contracts: judged.count,
                noted: Noted::of(&findings, own, &clashes)?,
            };
            Some((shelf.room(), draft, found))
        });
        let Session {
            entries, malformed, ..
        } = session;
        let told = rayon::in_place_scope(|scope| {
            // Written while what was found is told.
            if let Some((room, draft, found)) = kept {
                scope.spawn(move |_| room.keep(court, draft, found));
            }
            let glossary = &estate.lexicon.glossary;
            findings.extend(definitions::tell(&law.settings, glossary, clashes));
            findings.extend(malformed);
            conclude(court, &judged.docket, &mut findings)?;
            then(Surveyed {
                court,
                docket: &judged.docket,
                findings,
                counted: Vec::new(),
                contract_count: judged.count,
                products: products(&law.settings, roster::listed(&of_products)),
                notes: notes(entries.is_empty(), court),
                revision: revision_id(&opening.snapshot),
            })
        });
        // The program ends soon: to take apart what is known of an estate would be work for nothing.
        drop(charted);
        std::mem::forget((judged.roster, judged.tally));
        told
    })
}

/// What came of holding contracts, consumers and terms against each other.
struct Across {
    crossed: BTreeMap<String, Crossed>,
    uses: Vec<OfUses>,
    clashes: Vec<Clash>,
}

/// Holds contracts, consumers and terms against each other; what is wrong joins the findings.
fn across(
    session: &Session<'_, '_>,
    judged: &Gathered,
    charted: &Charted<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Across, Failure> {
    let Session {
        court,
        snapshot,
        reader,
        entries,
        ..
    } = session;
    let (settings, estate) = (&court.law.settings, court.estate);
    let path = |number: u32| {
        let entry = entries.get(number as usize);
        entry
            .map(|entry| entry.path.to_string())
            .unwrap_or_default()
    };
    findings.extend(judged.claims.find(settings, path));
    findings.extend(estate.findings.iter().cloned());
    findings.extend(judged.stable_ids.find_of_ids(settings, path));
    let atlas = Atlas::charted(reader, settings, court.domains, Box::new(charted));
    let crossed = crossing::in_audit(settings, snapshot, &atlas, &judged.asks)?;
    let of_files = crossed.values().flat_map(|one| &one.findings);
    findings.extend(of_files.cloned());
    let (others, uses) = uses(session, charted)?;
    findings.extend(others);
    findings.extend(Consumption::new(settings, estate, &atlas).of_terms(reader)?);
    findings.extend(uses.iter().flat_map(|one| &one.findings).cloned());
    let files = (*snapshot, *entries);
    let clashes = definitions::clashes(settings, court.domains, files, &judged.tally)?;
    Ok(Across {
        crossed,
        uses,
        clashes,
    })
}

/// Checks what consumers use, on all cores, each with an atlas of its own.
fn uses(
    session: &Session<'_, '_>,
    charted: &Charted<'_>,
) -> Result<(Vec<Finding>, Vec<OfUses>), Failure> {
    let Session {
        court, snapshot, ..
    } = session;
    let (settings, estate) = (&court.law.settings, court.estate);
    let bearers = consumption::bearers(estate);
    let parts = cores::shares(&estate.consumer_files, |_, share| {
        let reader = snapshot.open()?;
        let atlas = Atlas::charted(&reader, settings, court.domains, Box::new(charted));
        Consumption::new(settings, estate, &atlas).in_files(share, &bearers)
    });
    let (findings, uses): (Vec<_>, Vec<_>) = parts?.into_iter().unzip();
    let uses = uses.into_iter().flatten().collect();
    Ok((findings.concat(), uses))
}

/// Gathers all that an audit judges with.
///
/// With `keeps`, files of a work tree are looked at before any of them is read.
pub(super) fn convene<T>(
    opening: &Opening,
    asked: &Asked<'_>,
    keeps: bool,
    then: impl FnOnce(Session<'_, '_>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let Opening {
        snapshot,
        reader,
        law,
    } = opening;
    let settings = &law.settings;
    let others = [&settings.consumers, &settings.terms, &settings.waivers];
    let others = others.into_iter().flatten().map(String::as_str);
    let others = Globs::new(others.chain(codeowners::PLACES)).map_err(Failure::from)?;
    let contracts = Globs::new(&settings.contracts).map_err(Failure::from)?;
    let entries = reader.list_along(&contracts, others);
    let entries = entries.map_err(Failure::from)?;
    let roll = if keeps {
        Roll::call(settings, reader, asked)?
    } else {
        None
    };
    let estate = read_estate(&law.settings, None, reader, &[], asked.as_of)?;
    let (ledger, malformed) = Ledger::read(&law.settings, reader)?;
    let told = seat(opening, asked, (&estate, &ledger), |court| {
        then(Session {
            court,
            snapshot,
            reader,
            entries: &entries,
            malformed,
            roll,
        })
    });
    std::mem::forget((entries, estate));
    told
}

/// Judges file by file, with the help of whatever was found out before.
fn judge<'a>(
    session: &Session<'a, '_>,
    asked: &Asked<'_>,
    (shelf, draft): (Option<&'a Shelf>, Option<&Draft>),
    records: &'a HashMap<Cow<'a, str>, Record<'a>>,
) -> Result<Gathered, Failure> {
    let Session {
        court,
        snapshot,
        reader,
        entries,
        ..
    } = session;
    if let Some(joined) = asked.joined {
        if joined.head.law != law_of(session, asked) {
            let message = "the shares were judged by another law than this one: other policies, \
                           settings or terms, or another version of meshlaw";
            let help = "join them where they were made, with the same options";
            return Err(Failure::new(message, help));
        }
        let shares = Shares::new(asked.as_of);
        let source = Source {
            archive: Some(&shares),
            records: &joined.records,
        };
        let keeping = Keeping {
            draft: None,
            is_spoken: false,
        };
        return gathered::all(court, snapshot, entries, (asked, source), keeping);
    }
    let source = Source {
        archive: shelf.map(|shelf| &shelf.keeper as &dyn Archive),
        records,
    };
    let keeping = Keeping {
        draft,
        is_spoken: shelf.is_some() && reader.root_tree().is_some(),
    };
    let mut all = gathered::all(court, snapshot, entries, (asked, source), keeping)?;
    if keeping.is_spoken {
        let seen = std::mem::take(&mut all.spoken).into_iter();
        let seen = seen.filter_map(|(at, spoken)| Some((entries.get(at)?, spoken)));
        crossing::keep(&court.law.settings, reader, seen.collect())?;
        let (settings, domains) = (&court.law.settings, court.domains);
        names::keep(settings, domains, snapshot, entries, &all.roster.by_file())?;
    }
    Ok(all)
}
