//! Granted exceptions.

use jiff::civil::Date;

/// A finding that an authorised team excuses for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Name, unique within the organisation.
    pub name: String,
    /// What is excused: the id of a policy, of a rule, or of another finding.
    pub policy: String,
    /// Contract, as `domain/name`.
    pub contract: String,
    /// Names down to the part that is excused; absent means the whole contract.
    pub pointer: Option<Vec<String>>,
    /// Why.
    pub reason: String,
    /// Where the matter is tracked.
    pub ticket: Option<String>,
    /// Team that grants it.
    pub approved_by: String,
    /// Last day on which it holds.
    pub expires: Date,
}

impl Waiver {
    /// Tells whether the waiver still holds on a day; its last day counts.
    pub fn holds_on(&self, day: Date) -> bool {
        day <= self.expires
    }

    /// Tells whether the waiver speaks of a part; one without a pointer speaks of every part.
    pub fn covers(&self, pointer: &[String]) -> bool {
        self.pointer.as_deref().is_none_or(|own| own == pointer)
    }
}
