//! Terms in, what each asks of the fields that name it out.
//!
//! What a field leaves out it leaves to its term; what it says has to agree.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use meshlaw_contract::model::{Classification, Contract, Field, Scalar, Term, Type, Word};
use meshlaw_contract::{Format, Pointer};
use serde::{Deserialize, Serialize};

use crate::view::fields_around;
use crate::zone::says_zone;

/// What a term asks of fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meaning {
    /// Name of the term.
    pub name: String,
    ty: Option<String>,
    pub(crate) unit: Option<String>,
    format: Option<String>,
    /// The word of the classification.
    classification: Option<String>,
    allowed: Option<BTreeSet<String>>,
    synonyms: Vec<String>,
    broader: Option<String>,
}

/// The terms that there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Glossary {
    terms: BTreeMap<String, Meaning>,
    /// Names of terms, by their synonyms.
    synonyms: BTreeMap<String, String>,
}

/// Something that both a field and its term may state; named by the key of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statement {
    /// How far knowledge of it may spread.
    Classification,
    /// The values that are allowed.
    Enum,
    /// The named format.
    Format,
    /// The type.
    Type,
    /// The unit of measure.
    Unit,
}

/// A statement in which a field and its term differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// What is stated.
    pub statement: Statement,
    /// What the field says.
    pub field: String,
    /// What the term says.
    pub term: String,
}

/// A field as it is held against its term.
#[derive(Clone, Copy)]
pub(crate) struct Held<'f> {
    pub(crate) field: &'f Field,
    /// The format of its document, since not every format can say everything.
    pub(crate) format: Format,
    /// Its own classification, or that of what it lies in.
    pub(crate) classification: Option<Classification>,
}

/// Values of a list that are named.
const MOST_VALUES: usize = 4;

impl Meaning {
    /// Takes down what a term asks of fields.
    pub fn of(term: &Term) -> Self {
        let values = term.allowed.as_ref();
        Self {
            name: term.name.clone(),
            ty: term.ty.as_ref().map(|ty| ty.word().to_owned()),
            unit: term.unit.clone(),
            format: term.format.clone(),
            classification: term.classification.map(|class| class.as_str().to_owned()),
            allowed: values.map(|all| all.iter().map(ToString::to_string).collect()),
            synonyms: term.synonyms.clone(),
            broader: term.broader.clone(),
        }
    }

    /// A term of which only the name is known.
    pub fn bare(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Returns the name and the synonyms.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let synonyms = self.synonyms.iter().map(String::as_str);
        [self.name.as_str()].into_iter().chain(synonyms)
    }

    /// Tells whether the format or the unit says in which zone times are.
    pub(crate) fn states_zone(&self) -> bool {
        says_zone(self.format.as_deref(), self.unit.as_deref())
    }

    fn classification(&self) -> Option<Classification> {
        let word = self.classification.as_deref()?;
        let mut all = Classification::ALL.iter().copied();
        all.find(|class| class.as_str() == word)
    }

    /// Returns in what a field contradicts the term, sorted by statement.
    pub(crate) fn against(&self, held: Held<'_>) -> Vec<Disagreement> {
        let differs = |statement, field: String, term: String| {
            Some(Disagreement {
                statement,
                field,
                term,
            })
        };
        let found = [
            self.classification()
                .zip(held.classification)
                .filter(|(term, field)| field < term)
                .and_then(|(term, field)| {
                    differs(
                        Statement::Classification,
                        code(field.as_str()),
                        code(term.as_str()),
                    )
                }),
            self.strange(held.field)
                .filter(|strange| !strange.is_empty())
                .and_then(|strange| {
                    let allowed = self.allowed.iter().flatten().map(String::as_str);
                    differs(Statement::Enum, list(strange), list(allowed))
                }),
            held.stated_format()
                .zip(self.format.as_deref())
                .filter(|(field, term)| plain(field) != plain(term))
                .and_then(|(field, term)| differs(Statement::Format, code(field), code(term))),
            held.stated_type()
                .zip(self.ty.as_deref())
                .filter(|(field, term)| !is_alike(held.format, field, term))
                .and_then(|(field, term)| differs(Statement::Type, code(field), code(term))),
            held.field
                .unit
                .as_deref()
                .zip(self.unit.as_deref())
                .filter(|(field, term)| field.trim() != term.trim())
                .and_then(|(field, term)| differs(Statement::Unit, code(field), code(term))),
        ];
        found.into_iter().flatten().collect()
    }

    /// Returns what the term says and the field leaves to it.
    pub(crate) fn left_out(&self, held: Held<'_>) -> impl Iterator<Item = Statement> {
        let field = held.field;
        let pairs = [
            (
                Statement::Classification,
                self.classification.is_some(),
                held.classification.is_some(),
            ),
            (
                Statement::Enum,
                self.allowed.is_some(),
                field.allowed.is_some(),
            ),
            (
                Statement::Format,
                self.format.is_some(),
                field.format.is_some(),
            ),
            (
                Statement::Type,
                self.ty.is_some(),
                held.stated_type().is_some(),
            ),
            (Statement::Unit, self.unit.is_some(), field.unit.is_some()),
        ];
        let left = pairs
            .into_iter()
            .filter(|(_, by_term, by_field)| *by_term && !by_field);
        left.map(|(statement, ..)| statement)
    }

    /// Returns the values of a field that the term does not know, where both list some.
    fn strange(&self, field: &Field) -> Option<Vec<String>> {
        let known = self.allowed.as_ref()?;
        let values = field.allowed.as_ref()?.iter().map(ToString::to_string);
        Some(values.filter(|value| !known.contains(value)).collect())
    }
}

impl<'f> Held<'f> {
    /// Returns the type, unless it is of a kind that terms do not have.
    fn stated_type(self) -> Option<&'f str> {
        match &self.field.ty {
            Type::Unstated | Type::Union(_) | Type::Named(_) | Type::Opaque(_) => None,
            ty => Some(ty.word()),
        }
    }

    /// The format of a number in the standard is its width, which is none of a term's business.
    fn stated_format(self) -> Option<&'f str> {
        let is_width = self.format == Format::Odcs
            && matches!(
                self.field.ty,
                Type::Scalar(Scalar::Integer | Scalar::Long | Scalar::Number)
            );
        self.field.format.as_deref().filter(|_| !is_width)
    }
}

/// Types that the standard has no word for, and the word that stands for them there.
const COARSE: &[(&str, &str)] = &[
    ("binary", "string"),
    ("decimal", "number"),
    ("long", "integer"),
    ("uuid", "string"),
];

fn is_alike(format: Format, field: &str, term: &str) -> bool {
    field == term || format == Format::Odcs && COARSE.contains(&(term, field))
}

/// Writes a format so that only its letters and digits count: `iso-4217` is `ISO 4217`.
fn plain(format: &str) -> String {
    let letters = format.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn list<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> String {
    let all: Vec<String> = values.into_iter().map(|one| code(one.as_ref())).collect();
    let mut shown: Vec<String> = all.iter().take(MOST_VALUES).cloned().collect();
    let more = all.len().saturating_sub(MOST_VALUES);
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    match shown.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => shown.concat(),
    }
}

impl Statement {
    /// Returns the key under which a field states it.
    pub fn as_str(self) -> &'static str {
        match self {
            Statement::Classification => "classification",
            Statement::Enum => "enum",
            Statement::Format => "format",
            Statement::Type => "type",
            Statement::Unit => "unit",
        }
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (field, term) = (&self.field, &self.term);
        match self.statement {
            Statement::Classification => {
                write!(f, "the field is {field}, and its term at least {term}")
            }
            Statement::Enum => write!(f, "the field allows {field}, and its term only {term}"),
            statement => {
                let key = statement.as_str();
                write!(f, "the field's {key} is {field}, and its term's {term}")
            }
        }
    }
}

impl Glossary {
    /// Takes up terms; of two that claim one name or one synonym, the first has it.
    pub fn of(meanings: impl IntoIterator<Item = Meaning>) -> Self {
        let mut glossary = Self::default();
        for meaning in meanings {
            for synonym in &meaning.synonyms {
                let known = glossary.synonyms.entry(synonym.clone());
                known.or_insert_with(|| meaning.name.clone());
            }
            let known = glossary.terms.entry(meaning.name.clone());
            known.or_insert(meaning);
        }
        glossary
    }

    /// Finds a term by its name, or else by a synonym.
    pub fn get(&self, word: &str) -> Option<&Meaning> {
        let by_synonym = || self.terms.get(self.synonyms.get(word)?);
        self.terms.get(word).or_else(by_synonym)
    }

    /// Returns the names of all terms, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.terms.keys().map(String::as_str)
    }

    /// Returns the name of a term and of all that it is a kind of, the nearest first; a word that
    /// no term answers to stands for itself.
    pub(crate) fn chain<'g>(&'g self, word: &'g str) -> Vec<&'g str> {
        let Some(mut meaning) = self.get(word) else {
            return vec![word];
        };
        let mut chain = vec![meaning.name.as_str()];
        while let Some(wider) = meaning
            .broader
            .as_ref()
            .and_then(|name| self.terms.get(name))
        {
            // Terms that lead back to themselves are a finding of their own.
            if chain.contains(&wider.name.as_str()) {
                break;
            }
            chain.push(&wider.name);
            meaning = wider;
        }
        chain
    }

    /// Returns the term of a field and in what the two differ; nothing where no known term is
    /// named there.
    pub fn judge(
        &self,
        contract: &Contract,
        pointer: &Pointer,
    ) -> Option<(&Meaning, Vec<Disagreement>)> {
        let datasets = contract.datasets.iter();
        let mut around = datasets.flat_map(|dataset| {
            let all = fields_around(dataset, pointer).into_iter();
            all.map(move |(length, field)| (length, dataset, field))
        });
        let (_, dataset, field) = around.find(|(length, ..)| *length == pointer.keys().len())?;
        let meaning = self.get(field.term.as_deref()?)?;
        let stated = field.classification.or(dataset.classification);
        let held = Held {
            field,
            format: contract.format,
            classification: stated.or(contract.classification),
        };
        Some((meaning, meaning.against(held)))
    }
}
