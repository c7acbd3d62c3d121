//! A law and a contract in, the days on which the one may judge the other otherwise out.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;
use meshlaw_contract::measure::parse_date;
use meshlaw_contract::model::{Contract, Deprecation, Field};
use meshlaw_policy::{Parameters, Policy};

use super::Asked;
use crate::law::Law;

/// The days of a law, and what it adds to the dates of contracts.
pub struct Calendar {
    as_of: Date,
    until: Date,
    /// Every day of the time that is looked at.
    every: bool,
    /// Days on which the law itself changes.
    of_law: BTreeSet<Date>,
    /// Policies read the date itself, so that any contract may turn.
    pub reads_date: bool,
    to_sunset: Option<BTreeSet<i64>>,
    to_end: Option<BTreeSet<i64>>,
    to_expiry: BTreeSet<i64>,
}

/// The dates that one contract hangs on.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Dates {
    /// When it, or a part of it, is to go.
    pub sunsets: BTreeSet<Date>,
    /// When consumers stop to use it.
    pub ends: BTreeSet<Date>,
    /// When waivers about it expire.
    pub expiries: BTreeSet<Date>,
}

impl Dates {
    /// Adds the dates that a contract states.
    pub fn read(&mut self, contract: &Contract) {
        self.notice(contract.deprecated.as_ref());
        for dataset in &contract.datasets {
            self.notice(dataset.deprecated.as_ref());
            dataset.fields.iter().for_each(|field| self.field(field));
        }
    }

    fn field(&mut self, field: &Field) {
        self.notice(field.deprecated.as_deref());
        field.children().for_each(|one| self.field(one));
    }

    fn notice(&mut self, notice: Option<&Deprecation>) {
        self.sunsets.extend(notice.and_then(|notice| notice.sunset));
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Calendar {
    /// Reads what the policies of a law do with dates.
    pub fn of(law: &Law, asked: &Asked<'_>) -> Self {
        let policies = &law.book.policies;
        let parameters = &law.settings.parameters;
        let reading = |name: &str| {
            let texts = policies.iter().map(spoken);
            let texts: Vec<String> = texts.filter(|text| text.contains(name)).collect();
            (!texts.is_empty()).then(|| numbers(&texts, parameters))
        };
        let by_date = reading("asOf").unwrap_or_default();
        let mut of_law: BTreeSet<Date> = policies.iter().flat_map(days_of).collect();
        for literal in policies.iter().flat_map(|policy| literals(&policy.text)) {
            of_law.extend(around(literal, &by_date));
        }
        let mut to_expiry = reading("daysLeft").unwrap_or_default();
        to_expiry.extend(reading("expires").unwrap_or_default());
        // The day behind the last one.
        to_expiry.insert(0);
        Self {
            as_of: asked.as_of,
            until: asked.until,
            every: asked.plain,
            of_law,
            reads_date: policies.iter().any(|policy| policy.text.contains("asOf")),
            to_sunset: reading("daysToSunset"),
            to_end: reading("daysToEnd"),
            to_expiry,
        }
    }

    /// Tells whether a contract with such dates can turn by them.
    pub fn concerns(&self, dates: &Dates) -> bool {
        self.every || self.reads_date || !dates.is_empty()
    }

    /// Returns the days on which a contract may turn, and the last one.
    pub fn days(&self, dates: &Dates) -> BTreeSet<Date> {
        if self.every {
            let days = self.as_of.series(1.day()).skip(1);
            return days.take_while(|day| *day <= self.until).collect();
        }
        let mut days = self.of_law.clone();
        let none = BTreeSet::new();
        let kinds = [
            (&dates.sunsets, self.to_sunset.as_ref().unwrap_or(&none)),
            (&dates.ends, self.to_end.as_ref().unwrap_or(&none)),
            (&dates.expiries, &self.to_expiry),
        ];
        for (stated, distances) in kinds {
            for date in stated {
                days.extend(around(*date, distances));
            }
        }
        days.insert(self.until);
        days.retain(|day| self.holds(*day));
        days
    }

    /// Tells whether a day is looked at.
    pub fn holds(&self, day: Date) -> bool {
        self.as_of < day && day <= self.until
    }
}

/// Returns the days from which a policy may enforce something else: that of `@since`, and those
/// behind the last days of rulings.
pub fn days_of(policy: &Policy) -> BTreeSet<Date> {
    let ends = policy.rulings.iter().filter_map(|ruling| ruling.until);
    let behind = ends.filter_map(|until| until.checked_add(1.day()).ok());
    policy.since.into_iter().chain(behind).collect()
}

/// Returns the day itself and those that lie so far from it, each with its neighbours.
fn around(date: Date, distances: &BTreeSet<i64>) -> BTreeSet<Date> {
    let both = distances.iter().flat_map(|distance| [*distance, -distance]);
    let days = both.chain([0]).flat_map(|days| [days - 1, days, days + 1]);
    days.filter_map(|days| date.checked_add(days.days()).ok())
        .collect()
}

/// Returns the text of a policy without what speaks of changes alone.
fn spoken(policy: &Policy) -> String {
    policy.text.replace("daysToSunsetAfter", "")
}

/// Returns the numbers that policies could hold days against: their own, and the parameters.
fn numbers(texts: &[String], parameters: &Parameters) -> BTreeSet<i64> {
    let mut found = BTreeSet::from([0]);
    for text in texts {
        let digits = text.split(|one: char| !one.is_ascii_digit());
        // Longer numbers are dates apart from any that people write.
        found.extend(
            digits
                .filter(|one| one.len() < 6)
                .filter_map(|one| one.parse::<i64>().ok()),
        );
        if text.contains("parameters") {
            let Parameters {
                notice_days,
                max_retention_days,
                max_waiver_days,
                max_use_days,
                ..
            } = parameters;
            found.extend([
                notice_days,
                max_retention_days,
                max_waiver_days,
                max_use_days,
            ]);
        }
    }
    found
}

/// Returns the dates that stand in a policy.
fn literals(text: &str) -> Vec<Date> {
    let after = text.split("datetime(\"").skip(1);
    after
        .filter_map(|rest| parse_date(rest.get(..10)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_numbers_are_read_from_policies() {
        let text = "when { context.asOf > datetime(\"2027-01-31T00:00:00Z\") && resource.daysToSunset < 30 };";
        assert_eq!(literals(text), [parse_date("2027-01-31").unwrap()]);
        let numbers = numbers(&[text.to_owned()], &Parameters::default());
        assert!(numbers.contains(&30) && numbers.contains(&0), "{numbers:?}");
    }

    #[test]
    fn days_lie_around_dates_on_both_sides() {
        let date = parse_date("2027-01-31").unwrap();
        let days = around(date, &BTreeSet::from([30]));
        for day in ["2027-01-01", "2027-01-31", "2027-02-01", "2027-03-02"] {
            assert!(days.contains(&parse_date(day).unwrap()), "{day}");
        }
        assert_eq!(days.len(), 9);
    }
}
