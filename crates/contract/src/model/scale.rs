//! Closed words of the model, with their order where they have one.

use std::fmt;

/// A closed list of words that people write.
pub trait Word: Copy + 'static {
    /// Every word, in the order of the scale where there is one.
    const ALL: &'static [Self];

    /// Returns the word as it is written.
    fn as_str(self) -> &'static str;

    /// Returns what a word stands for.
    fn parse(text: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|word| word.as_str() == text)
    }
}

macro_rules! words {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$variant_doc:meta])* $variant:ident $text:literal,)* }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl Word for $name {
            const ALL: &'static [Self] = &[$($name::$variant,)*];

            fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }

            fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some($name::$variant),)*
                    _ => None,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// How far knowledge of the data may spread; later is stricter.
    Classification {
        /// Anybody may know.
        Public "public",
        /// Everybody in the organisation may know.
        Internal "internal",
        /// Those with a reason may know.
        Confidential "confidential",
        /// Named people may know.
        Restricted "restricted",
    }
}

words! {
    /// Where a contract is in its life.
    Status {
        /// Not yet promised.
        Draft "draft",
        /// Promised.
        Active "active",
        /// Promised until its sunset.
        Deprecated "deprecated",
        /// No longer promised.
        Retired "retired",
    }
}

words! {
    /// How much a failed quality rule matters; later is graver.
    Severity {
        /// Worth knowing.
        Note "note",
        /// Worth mending.
        Warning "warning",
        /// The data must not be used.
        Error "error",
    }
}

words! {
    /// Whose grades count when a change is judged.
    CompatibilityMode {
        /// Readers built on the old contract.
        Consumers "consumers",
        /// Writers, and data already written.
        Producers "producers",
        /// Both.
        Full "full",
        /// Nobody's.
        None "none",
    }
}

/// A compatibility mode, and whether it holds against every earlier version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Compatibility {
    /// Whose grades count.
    pub mode: CompatibilityMode,
    /// Against all earlier released versions instead of the last one.
    pub transitive: bool,
}

impl Compatibility {
    /// What holds where nobody says anything.
    pub const DEFAULT: Compatibility = Compatibility {
        mode: CompatibilityMode::Consumers,
        transitive: false,
    };

    /// Every spelling, with the registry words `forward` and `backward`.
    pub const SPELLINGS: &'static [&'static str] = &[
        "consumers",
        "producers",
        "full",
        "none",
        "forward",
        "backward",
        "consumers_transitive",
        "producers_transitive",
        "full_transitive",
        "forward_transitive",
        "backward_transitive",
    ];

    /// Reads a mode; `forward` is another word for `consumers`, `backward` for `producers`.
    pub fn parse(text: &str) -> Option<Self> {
        let folded = text.to_ascii_lowercase();
        let (word, transitive) = match folded.strip_suffix("_transitive") {
            Some(word) => (word, true),
            None => (folded.as_str(), false),
        };
        let mode = match word {
            "consumers" | "forward" => CompatibilityMode::Consumers,
            "producers" | "backward" => CompatibilityMode::Producers,
            "full" => CompatibilityMode::Full,
            "none" if !transitive => CompatibilityMode::None,
            _ => return None,
        };
        Some(Self { mode, transitive })
    }
}

impl fmt::Display for Compatibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}",
            self.mode,
            if self.transitive { "_transitive" } else { "" }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_compatibility_mode_is_read() {
        for spelling in Compatibility::SPELLINGS {
            assert!(Compatibility::parse(spelling).is_some(), "{spelling}");
        }
        assert_eq!(
            Compatibility::parse("BACKWARD_TRANSITIVE")
                .map(|c| c.to_string())
                .as_deref(),
            Some("producers_transitive")
        );
        assert_eq!(Compatibility::parse("none_transitive"), None);
    }

    #[test]
    fn classifications_have_an_order() {
        assert!(Classification::Public < Classification::Restricted);
    }
}
