//! What exists in the organisation, and what day it is, as policies see it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use meshlaw_contract::measure::{Duration, Percentage};
use meshlaw_contract::model::Classification;
use meshlaw_report::Severity;

use crate::glossary::Glossary;

/// Everything outside a contract that a policy may ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// The date that is taken for today.
    pub as_of: Date,
    /// What the organisation sets.
    pub parameters: Parameters,
    /// Teams, by name.
    pub teams: BTreeMap<String, Team>,
    /// Data products, by name.
    pub products: BTreeMap<String, Product>,
    /// The terms of the organisation.
    pub glossary: Glossary,
    /// Teams that agreed to the change.
    pub approved_by: BTreeSet<String>,
    /// Further names of teams, in lower case: those that review code. They have no roles.
    pub reviewers: BTreeSet<String>,
}

/// Numbers and names that the organisation sets for its policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// Least days between the notice of a deprecation and its sunset.
    pub notice_days: i64,
    /// Most days for which personal data may be kept.
    pub max_retention_days: i64,
    /// Most days from today to the end of a waiver.
    pub max_waiver_days: i64,
    /// Most days from today to the last day on which restricted data is used.
    pub max_use_days: i64,
    /// Oldest that data of an active contract may promise to be.
    pub max_freshness: Duration,
    /// Least availability that an active contract may promise.
    pub min_availability: Percentage,
    /// Least classification of personal data, and of what singles people out.
    pub personal_classification: Classification,
    /// Reasons for which personal data may be processed.
    pub legal_bases: BTreeSet<String>,
    /// The same for what is an error, where that is less.
    pub max_error_waiver_days: Option<i64>,
    /// Most times in a row that a waiver is renewed.
    pub max_waiver_renewals: i64,
    /// Most waivers that stand for one domain, where it has no budget of its own.
    pub max_domain_waivers: Option<i64>,
    /// Regions in which data may lie; empty when the organisation names none.
    pub regions: BTreeSet<String>,
}

/// The six of GDPR Art. 6(1).
const LEGAL_BASES: &[&str] = &[
    "consent",
    "contract",
    "legal obligation",
    "legitimate interest",
    "public task",
    "vital interest",
];

impl Default for Parameters {
    fn default() -> Self {
        Self {
            notice_days: 30,
            max_retention_days: 1_095,
            max_waiver_days: 180,
            max_use_days: 366,
            max_freshness: Duration {
                text: "7 days".to_owned(),
                seconds: 7 * 86_400,
            },
            min_availability: Percentage::parse("99%").unwrap_or(Percentage::FULL),
            personal_classification: Classification::Confidential,
            legal_bases: LEGAL_BASES.iter().map(|one| (*one).to_owned()).collect(),
            max_error_waiver_days: None,
            max_waiver_renewals: 2,
            max_domain_waivers: None,
            regions: BTreeSet::new(),
        }
    }
}

impl Parameters {
    /// Returns the most days from today to the end of a waiver for what matters so much.
    pub fn waiver_days(&self, severity: Severity) -> i64 {
        match self.max_error_waiver_days {
            Some(days) if severity == Severity::Error => days.min(self.max_waiver_days),
            _ => self.max_waiver_days,
        }
    }
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Team {
    /// What the team may do for others.
    pub roles: BTreeSet<String>,
}

/// A data product: contracts that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Product {
    /// Team that answers for it.
    pub owner: Option<String>,
    /// Domain that it belongs to.
    pub domain: Option<String>,
    /// What it is.
    pub description: Option<String>,
}

impl World {
    /// A world in which nothing is known yet.
    pub fn empty(as_of: Date) -> Self {
        Self {
            as_of,
            parameters: Parameters::default(),
            teams: BTreeMap::new(),
            products: BTreeMap::new(),
            glossary: Glossary::default(),
            approved_by: BTreeSet::new(),
            reviewers: BTreeSet::new(),
        }
    }

    /// Takes note of teams that review code, as `@org/team`; the team alone names them, too.
    pub fn review<'h>(&mut self, handles: impl IntoIterator<Item = &'h str>) {
        for handle in handles {
            let handle = handle.to_lowercase();
            let team = handle
                .strip_prefix('@')
                .and_then(|rest| rest.split_once('/'));
            let team = team.map(|(_, team)| team.to_owned());
            self.reviewers.extend(team);
            self.reviewers.insert(handle);
        }
    }

    /// Tells whether a team exists; where none is listed, every name is taken for one.
    pub fn knows_team(&self, name: &str) -> bool {
        let nobody_is_listed = self.teams.is_empty() && self.reviewers.is_empty();
        !name.is_empty()
            && (nobody_is_listed
                || self.teams.contains_key(name)
                || self.reviewers.contains(&name.to_lowercase()))
    }

    /// Tells whether a product exists; where none is listed, every name is taken for one.
    pub(crate) fn knows_product(&self, name: &str) -> bool {
        self.products.is_empty() || self.products.contains_key(name)
    }

    /// Returns the days from today to a date; negative once it has passed.
    pub fn days_to(&self, date: Date) -> i64 {
        // A span between two calendar dates is always within the range of days.
        self.as_of
            .until(date)
            .map_or(0, |span| i64::from(span.get_days()))
    }
}
