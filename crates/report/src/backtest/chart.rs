//! Pull requests in, how many fall into each month or week out.

use std::collections::BTreeMap;

use super::Backtest;

/// A length of time that a chart counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Calendar months.
    Month,
    /// Weeks, which begin on Monday.
    Week,
}

/// The pull requests of one month or week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// The month, as `2026-11`, or the Monday.
    pub name: String,
    /// All of them.
    pub all: usize,
    /// Those that would have been stopped.
    pub stopped: usize,
}

/// Returns a bar for each month or week from the first pull request to the last, empty ones too.
pub fn bars(backtest: &Backtest) -> Vec<Bar> {
    let mut counts: BTreeMap<i64, (usize, usize)> = BTreeMap::new();
    for step in &backtest.steps {
        let Some(at) = Day::parse(&step.date).map(|day| number(backtest.period, day)) else {
            continue;
        };
        let (all, stopped) = counts.entry(at).or_default();
        *all += 1;
        *stopped += usize::from(step.is_stopped());
    }
    let ends = counts.keys().next().zip(counts.keys().next_back());
    let Some((first, last)) = ends.map(|(first, last)| (*first, *last)) else {
        return Vec::new();
    };
    let bar = |at: i64| {
        let (all, stopped) = counts.get(&at).copied().unwrap_or_default();
        Bar {
            name: name(backtest.period, at),
            all,
            stopped,
        }
    };
    (first..=last).map(bar).collect()
}

/// A day of the calendar, without a clock or a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Day {
    year: i64,
    month: i64,
    day: i64,
}

impl Day {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-').map(|part| part.parse().ok());
        Some(Self {
            year: parts.next()??,
            month: parts.next()??,
            day: parts.next()??,
        })
    }

    /// Returns the days since 1970-01-01; years begin in March, so that the leap day comes last.
    fn since_epoch(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((self.month + 9) % 12) + 2) / 5 + self.day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    fn of_epoch(days: i64) -> Self {
        let days = days + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        Self {
            year: era * 400 + year + i64::from(month <= 2),
            month,
            day: of_year - (153 * shifted + 2) / 5 + 1,
        }
    }
}

/// Numbers months, and weeks, without a gap.
fn number(period: Period, day: Day) -> i64 {
    match period {
        Period::Month => day.year * 12 + day.month - 1,
        // 1970-01-01 was a Thursday.
        Period::Week => (day.since_epoch() + 3).div_euclid(7),
    }
}

fn name(period: Period, number: i64) -> String {
    match period {
        Period::Month => format!(
            "{:04}-{:02}",
            number.div_euclid(12),
            number.rem_euclid(12) + 1
        ),
        Period::Week => {
            let Day { year, month, day } = Day::of_epoch(number * 7 - 3);
            format!("{year:04}-{month:02}-{day:02}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday_and_months_at_their_first() {
        let table = [
            ("2026-11-22", "2026-11", "2026-11-16"),
            ("2026-11-23", "2026-11", "2026-11-23"),
            ("2024-02-29", "2024-02", "2024-02-26"),
            ("2025-01-01", "2025-01", "2024-12-30"),
            ("1970-01-01", "1970-01", "1969-12-29"),
            ("2000-03-01", "2000-03", "2000-02-28"),
        ];
        for (date, month, week) in table {
            let day = Day::parse(date).unwrap();
            let named = |period| name(period, number(period, day));
            assert_eq!(
                (named(Period::Month), named(Period::Week)),
                (month.to_owned(), week.to_owned())
            );
        }
        for days in (-200_000..200_000).step_by(7) {
            assert_eq!(Day::of_epoch(days).since_epoch(), days);
        }
    }
}
