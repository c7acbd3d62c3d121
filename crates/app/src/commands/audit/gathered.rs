//! What came of each file in, what outlives it out, kept as short as it can be.

use meshlaw_changeset::{Entry, Snapshot};
use meshlaw_report::Finding;

use super::Asked;
use super::judged::{self, OfFile, Source, Told};
use super::roster::Roster;
use crate::court::Court;
use crate::crossing::{self, Ask};
use crate::definitions::Tally;
use crate::duplicates::Claims;
use crate::failure::Failure;
use crate::inventory::{Draft, Sheets};
use crate::register::Spoken;
use crate::waivers::Docket;

/// What outlives the contracts of an estate.
#[derive(Default)]
pub(super) struct Gathered {
    /// How many there are.
    pub(super) count: usize,
    /// What is wrong with them, in the order of their files.
    pub(super) findings: Vec<Finding>,
    /// Their claims to their names.
    pub(super) claims: Claims,
    /// Their claims to their stable ids.
    pub(super) stable_ids: Claims,
    /// Those that waivers speak of.
    pub(super) docket: Docket,
    /// What they are called, where they lie, and to which products they belong.
    pub(super) roster: Roster,
    /// What they take of other contracts to be there.
    pub(super) asks: Vec<Ask>,
    /// What their fields say of their names.
    pub(super) tally: Tally,
    /// What files take of other contracts to be there, and their stable ids, by their place among
    /// all files; of a commit alone.
    pub(super) spoken: Vec<(usize, Spoken)>,
    /// What was written down of files.
    pub(super) sheets: Vec<Sheets>,
}

/// What becomes of what is found out.
#[derive(Clone, Copy)]
pub(super) struct Keeping<'k> {
    /// Where it is written down, if it is.
    pub(super) draft: Option<&'k Draft>,
    /// What files speak of is told.
    pub(super) is_spoken: bool,
}

/// What one thread found out; what has an order comes with the place of its file among all.
#[derive(Default)]
struct Share {
    count: usize,
    findings: Vec<(usize, Vec<Finding>)>,
    claims: Claims,
    stable_ids: Claims,
    dockets: Vec<(usize, Docket)>,
    roster: Roster,
    asks: Vec<(usize, Vec<Ask>)>,
    tally: Tally,
    spoken: Vec<(usize, Spoken)>,
    sheets: Sheets,
}

/// Judges all files, and gathers what outlives them.
pub(super) fn all<'a>(
    court: &'a Court<'_>,
    snapshot: &Snapshot,
    entries: &[Entry],
    (asked, source): (&Asked<'_>, Source<'a>),
    keeping: Keeping<'_>,
) -> Result<Gathered, Failure> {
    let take = |share: &mut Share, told: Told<'a>| {
        if let Some(entry) = entries.get(told.position) {
            share.take(&entry.path.shown(), told, keeping);
        }
    };
    let takers = (Share::default, take);
    let shares = judged::each(court, snapshot, entries, (asked, source), takers)?;
    Ok(Gathered::of(shares, keeping))
}

impl Share {
    fn take(&mut self, path: &str, told: Told<'_>, keeping: Keeping<'_>) {
        let position = told.position;
        let number = u32::try_from(position).unwrap_or(u32::MAX);
        let OfFile {
            outcome,
            docket,
            sketches,
            asks,
        } = told.of_file;
        if let Some(draft) = keeping.draft {
            let record = told.record.map(|(_, record)| record);
            draft.add(&mut self.sheets, number, path, (&outcome, record));
        }
        self.count += outcome.count;
        self.tally.add(number, &outcome.said);
        let claims = outcome.claims.iter();
        claims.for_each(|claim| self.claims.add(number, claim));
        let claims = outcome.stable_ids.iter();
        claims.for_each(|(id, claim)| self.stable_ids.add_of_id(number, id, claim));
        let mut products = outcome.products.into_iter().peekable();
        for (id, packed) in outcome.ids.iter().zip(sketches) {
            let product = products.next_if(|(_, contract)| contract == id);
            let product = product.map(|(product, _)| product);
            self.roster.add(number, (id, product), packed);
        }
        if keeping.is_spoken {
            let targets = asks.iter().filter_map(crossing::target);
            let ids = outcome.stable_ids.iter().map(|(id, _)| id.clone());
            let said = Spoken {
                uses: targets.chain(outcome.terms).collect(),
                defines: ids.collect(),
            };
            if !said.uses.is_empty() || !said.defines.is_empty() {
                self.spoken.push((position, said));
            }
        }
        if !outcome.findings.is_empty() {
            self.findings.push((position, outcome.findings));
        }
        if !docket.is_empty() {
            self.dockets.push((position, docket));
        }
        if !asks.is_empty() {
            self.asks.push((position, asks));
        }
    }
}

impl Gathered {
    /// Puts together what threads found out, sort by sort on all cores.
    fn of(shares: Vec<Share>, keeping: Keeping<'_>) -> Self {
        let mut all = Self::default();
        let (mut findings, mut dockets, mut asks) = (Vec::new(), Vec::new(), Vec::new());
        let (mut rosters, mut tallies, mut claims) = (Vec::new(), Vec::new(), Vec::new());
        for mut share in shares {
            keeping
                .draft
                .inspect(|draft| draft.write(&mut share.sheets));
            all.sheets.push(share.sheets);
            all.count += share.count;
            rosters.push(share.roster);
            tallies.push(share.tally);
            claims.push((share.claims, share.stable_ids));
            all.spoken.extend(share.spoken);
            findings.extend(share.findings);
            dockets.extend(share.dockets);
            asks.extend(share.asks);
        }
        let others = || {
            for (claims, stable_ids) in claims {
                all.claims.extend(claims);
                all.stable_ids.extend(stable_ids);
            }
            all.spoken.sort_unstable_by_key(|(position, _)| *position);
            all.findings = in_order(findings).flatten().collect();
            all.asks = in_order(asks).flatten().collect();
            in_order(dockets).for_each(|docket| all.docket.extend(docket));
            rosters.into_iter().for_each(|one| all.roster.extend(one));
        };
        let tally = &mut all.tally;
        let tallies = || tallies.into_iter().for_each(|one| tally.extend(one));
        rayon::join(tallies, others);
        all
    }
}

/// Puts what came of files into the order of these.
fn in_order<T>(mut all: Vec<(usize, T)>) -> impl Iterator<Item = T> {
    all.sort_unstable_by_key(|(position, _)| *position);
    all.into_iter().map(|(_, one)| one)
}
