//! Versions of the Open Data Contract Standard: what a document declares in, the rules that hold
//! for it out.

use std::fmt;

use crate::lowering::Lowering;
use crate::problem::quoted;
use crate::{NodeRef, ProblemId};

/// A version of the standard, as far as its rules differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standard {
    /// v3.0.0 to v3.0.2.
    V30,
    /// v3.1.0.
    V31,
    /// v3.2.0.
    V32,
}

/// What documents declare, with the rules that hold.
const KNOWN: &[(&str, Standard)] = &[
    ("v3.0.0", Standard::V30),
    ("v3.0.1", Standard::V30),
    ("v3.0.2", Standard::V30),
    ("v3.1.0", Standard::V31),
    ("v3.2.0", Standard::V32),
];

impl Standard {
    /// The newest version that is known.
    pub const NEWEST: Standard = Standard::V32;

    /// Reads what a document declares; a document that declares nothing is read as the newest.
    ///
    /// `None` means another major version, of which nothing can be read.
    pub(super) fn declared<'d>(low: &mut Lowering<'d>, root: NodeRef<'d>) -> Option<Self> {
        let Some(node) = root.get("apiVersion") else {
            return Some(Self::NEWEST);
        };
        let Some(text) = node.scalar().and_then(crate::Scalar::to_text) else {
            return Some(Self::NEWEST);
        };
        if let Some((_, standard)) = KNOWN.iter().find(|(known, _)| *known == text) {
            return Some(*standard);
        }
        let number = semver::Version::parse(text.trim_start_matches(['v', 'V'])).ok();
        let is_readable = number.as_ref().is_none_or(|number| number.major == 3);
        low.within("apiVersion", |low| match number {
            Some(number) if number.major == 3 && text.starts_with('v') && !is_between(&number) => {
                let message = format!("{} is newer than what is known here", quoted(text));
                let help = format!(
                    "it is read as {}; a newer meshlaw may know it",
                    Self::NEWEST
                );
                low.doubt(ProblemId::UnknownWord, node.span(), message, help);
            }
            number => {
                let message = format!("{} is not a version that is read here", quoted(text));
                low.bad(ProblemId::BadValue, node.span(), message, way_out(number));
            }
        });
        is_readable.then_some(Self::NEWEST)
    }
}

/// Tells whether a version lies before the newest known: such a one was never published.
fn is_between(version: &semver::Version) -> bool {
    *version < semver::Version::new(3, 2, 0)
}

fn way_out(number: Option<semver::Version>) -> String {
    match number {
        Some(number) if number.major < 3 => {
            "migrate the contract to v3; its models become `schema`, its quality moves into them"
                .to_owned()
        }
        Some(number) => match KNOWN
            .iter()
            .find(|(known, _)| *known == format!("v{number}"))
        {
            Some((known, _)) => format!("write `{known}`"),
            None => "read are v3.0.0 to v3.0.2, v3.1.0 and v3.2.0".to_owned(),
        },
        None => "write one of v3.0.0 to v3.0.2, v3.1.0 and v3.2.0".to_owned(),
    }
}

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Standard::V30 => "v3.0",
            Standard::V31 => "v3.1.0",
            Standard::V32 => "v3.2.0",
        })
    }
}
