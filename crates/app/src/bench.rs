//! A law and a revision in, all that its contracts are judged with out.

use jiff::civil::Date;
use meshlaw_changeset::Reader;
use meshlaw_contract::model::Version;
use meshlaw_report::ConsumerContact;

use crate::court::Court;
use crate::effects::{self, Felt, contacts};
use crate::estate::{Estate, read_estate};
use crate::failure::Failure;
use crate::forecast::Dates;
use crate::identity::Domains;
use crate::law::Law;
use crate::readership::{self, Readership};
use crate::revision::Revision;
use crate::waivers::{Ledger, Past};

/// A law, and what surrounds the contracts that it judges.
pub struct Bench<'l> {
    pub law: &'l Law,
    pub estate: Estate,
    pub domains: Domains,
    pub ledger: Ledger,
    readership: Readership,
    past: Past<'l>,
}

impl<'l> Bench<'l> {
    /// Gathers what a law judges with: consumers and waivers of the revision whose contracts are
    /// judged, terms of the law's own.
    pub fn of(
        law: &'l Law,
        terms: &Reader,
        contracts: &Reader,
        as_of: Date,
    ) -> Result<Self, Failure> {
        let mut estate = read_estate(&law.settings, None, contracts, &[], as_of)?;
        estate.take_terms_of(&law.settings, terms)?;
        let domains = Domains::new(&law.settings, None)?;
        let (ledger, _) = Ledger::read(&law.settings, contracts)?;
        let readership = readership::register(&estate, |path| domains.of_path(path), |_| None);
        Ok(Self {
            law,
            estate,
            domains,
            ledger,
            readership,
            past: Past::of_folder(".".into(), &law.settings),
        })
    }

    /// Returns the court that sits here.
    pub fn court(&self) -> Court<'_> {
        Court {
            law: self.law,
            estate: &self.estate,
            domains: &self.domains,
            readership: &self.readership,
            ledger: &self.ledger,
            annals: None,
            past: Some(&self.past),
            log: None,
        }
    }

    /// Tells whether two laws read every contract alike, and see the same around it.
    pub fn surrounds_as(&self, other: &Bench<'_>) -> bool {
        let (own, others) = (&self.law.settings, &other.law.settings);
        let around = |settings: &crate::settings::Settings| {
            let settings = settings.clone();
            (
                settings.consumers,
                settings.domains,
                settings.limits,
                settings.vocabulary,
                settings.waivers,
            )
        };
        self.estate.world == other.estate.world
            && self.estate.teams == other.estate.teams
            && self.law.bootstrap == other.law.bootstrap
            && around(own) == around(others)
    }

    /// Tells whether two laws find the same faults in every text.
    pub fn faults_as(&self, other: &Bench<'_>) -> bool {
        self.law.settings == other.law.settings
            && self.law.texts.properties == other.law.texts.properties
            && self.law.texts.codeowners == other.law.texts.codeowners
    }

    /// Returns the dates that a contract hangs on: its own, its consumers', its waivers'.
    pub fn dates(&self, revision: &Revision<'_>) -> Dates {
        let id = revision.identity.id();
        let mut dates = Dates::default();
        if let Some(contract) = revision.contract() {
            dates.read(contract);
        }
        dates.ends.extend(self.readership.ends(&id));
        let waivers = self.ledger.about(&id).iter();
        dates
            .expiries
            .extend(waivers.map(|entry| entry.waiver.expires));
        dates
    }

    /// Returns the consumers that read a contract.
    pub fn readers(&self, contract: &str, version: Option<&Version>) -> Vec<ConsumerContact> {
        let felt = Felt {
            ids: [Some(contract), None],
            version,
        };
        let readers = effects::readers(&self.estate.consumers, felt);
        contacts(&self.estate, &readers)
    }
}
