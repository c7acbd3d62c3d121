//! A policy, what the settings rule about it and a date in, the enforcement that holds out: the one
//! place where that is settled.

use jiff::civil::Date;
use meshlaw_report::Enforcement;

use crate::annotations;
use crate::policy::Policy;

/// Another enforcement than the one that policies are written with, for a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// What the settings name: the policy, or a pack that holds it.
    pub subject: String,
    /// The enforcement in place of the written one.
    pub enforcement: Enforcement,
    /// Why.
    pub reason: String,
    /// Last day on which it holds; then the written one does again.
    pub until: Option<Date>,
}

impl Ruling {
    /// Tells whether the ruling holds on a date.
    pub fn holds_on(&self, date: Date) -> bool {
        self.until.is_none_or(|until| date <= until)
    }

    /// Says what is ruled, as in `advisory until 2027-03-31`.
    pub fn told(&self) -> String {
        match self.until {
            Some(until) => format!("{} until {until}", self.enforcement),
            None => self.enforcement.to_string(),
        }
    }
}

impl Policy {
    /// Returns the enforcement on a date: as the settings rule, else as it is written.
    pub fn enforcement(&self, as_of: Date) -> Enforcement {
        self.ruling_on(as_of)
            .map_or(self.written, |ruling| ruling.enforcement)
    }

    /// Returns the ruling that holds on a date.
    pub fn ruling_on(&self, as_of: Date) -> Option<&Ruling> {
        self.rulings.iter().find(|ruling| ruling.holds_on(as_of))
    }
}

/// Returns what a policy's verdict does on a date.
pub fn enforcement_on(policy: &Policy, as_of: Date, bootstrap: bool) -> Enforcement {
    let settled = policy.enforcement(as_of);
    let is_early = policy.since.is_some_and(|since| as_of < since);
    if is_early || (bootstrap && policy.is_builtin) {
        settled.min(Enforcement::Advisory)
    } else {
        settled
    }
}

/// Returns the enforcement of a word.
pub fn enforcement_of(word: &str) -> Option<Enforcement> {
    annotations::enforcement(word)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{Book, BookFile};

    const DAY: Date = date(2027, 3, 31);

    fn ruling(enforcement: Enforcement, until: Option<Date>) -> Ruling {
        Ruling {
            subject: "org/a".to_owned(),
            enforcement,
            reason: "r".to_owned(),
            until,
        }
    }

    fn policy(written: &str, since: &str) -> Policy {
        let since = match since {
            "" => String::new(),
            day => format!("@since(\"{day}\")\n"),
        };
        let text = format!(
            "@severity(\"error\")\n@enforcement(\"{written}\")\n@message(\"m\")\n@help(\"h\")\n{since}\
             forbid (principal, action, resource is Field) when {{ resource.isMasked }};\n"
        );
        let file = BookFile {
            path: "org/a/b/policy.cedar".to_owned(),
            text: text.into(),
        };
        Book::load(&[], &[file]).unwrap().policies.remove(0)
    }

    #[test]
    fn rulings_and_days_settle_the_enforcement() {
        use Enforcement::{Advisory, Hard, Shadow, Soft};
        let later = date(2027, 4, 1);
        for (written, since, rulings, on, expected) in [
            ("hard", "", vec![], DAY, Hard),
            ("hard", "2027-04-01", vec![], DAY, Advisory),
            ("shadow", "2027-04-01", vec![], DAY, Shadow),
            ("hard", "", vec![ruling(Advisory, None)], DAY, Advisory),
            ("hard", "", vec![ruling(Shadow, Some(DAY))], DAY, Shadow),
            ("hard", "", vec![ruling(Shadow, Some(DAY))], later, Hard),
            ("shadow", "", vec![ruling(Soft, None)], DAY, Soft),
            // The day from which a policy blocks holds whoever says that it does.
            (
                "shadow",
                "2027-04-01",
                vec![ruling(Soft, None)],
                DAY,
                Advisory,
            ),
            // Once the more specific is over, the other holds.
            (
                "soft",
                "",
                vec![ruling(Shadow, Some(DAY)), ruling(Advisory, None)],
                later,
                Advisory,
            ),
        ] {
            let policy = Policy {
                rulings,
                ..policy(written, since)
            };
            let settled = enforcement_on(&policy, on, false);
            assert_eq!(settled, expected, "{written} {since} {:?}", policy.rulings);
        }
    }

    #[test]
    fn before_there_is_law_what_is_built_in_advises() {
        let own = policy("hard", "");
        assert_eq!(enforcement_on(&own, DAY, true), Enforcement::Hard);
        let builtin = Policy {
            is_builtin: true,
            ..own
        };
        assert_eq!(enforcement_on(&builtin, DAY, true), Enforcement::Advisory);
    }
}
