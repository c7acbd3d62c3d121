//! The text of one file in one revision in, its contracts with their names out.

use meshlaw_changeset::{Entry, Reader};
use meshlaw_contract::model::{Contract, Field, Type};
use meshlaw_contract::{Format, Parsed, Pointer, locate, read_contracts};
use meshlaw_policy::Identity;
use meshlaw_report::{Location, Side};

use crate::estate::read_text;
use crate::identity::Domains;
use crate::place::Source;
use crate::settings::Settings;

/// One file as one revision has it.
#[derive(Debug, Clone)]
pub struct FileText {
    /// Path, relative to the repository.
    pub path: String,
    /// The text.
    pub text: String,
    /// The revision.
    pub side: Side,
}

/// One contract as one revision has it.
#[derive(Debug, Clone)]
pub struct Revision<'t> {
    /// What is called what.
    pub identity: Identity,
    /// The document and its problems; the contract names its domain as settled.
    pub parsed: Parsed<'t, Contract>,
    /// The text.
    pub source: Source<'t>,
    /// The domain as the document itself states it.
    pub stated_domain: Option<String>,
    /// What its fields mention at all.
    pub mentions: Mentions,
    /// The long lists of the document.
    lists: locate::Lists,
}

/// What any field of a contract mentions, so that nobody looks for what none does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mentions {
    /// Fields of other contracts, or of this.
    pub references: bool,
    /// Terms.
    pub terms: bool,
}

impl Mentions {
    fn of(contract: &Contract) -> Self {
        let mut mentions = Self::default();
        let fields = contract.datasets.iter().flat_map(|one| &one.fields);
        fields.for_each(|field| mentions.look(field));
        mentions
    }

    fn look(&mut self, field: &Field) {
        if field.has_particulars() {
            self.references |= field.references.is_some();
            self.terms |= field.term.is_some();
        }
        // Most fields hold no others.
        if !matches!(field.ty, Type::Scalar(_)) {
            field.children().for_each(|inner| self.look(inner));
        }
    }
}

impl FileText {
    /// Reads a file; nothing where it cannot be read.
    pub fn read(reader: &Reader, entry: &Entry, settings: &Settings, side: Side) -> Option<Self> {
        let text = read_text(reader, entry, settings).ok()?;
        let path = entry.path.to_string();
        Some(Self { path, text, side })
    }

    /// Returns the text with its path.
    pub fn source(&self) -> Source<'_> {
        Source {
            path: &self.path,
            text: &self.text,
            side: self.side,
        }
    }

    /// Reads the contracts.
    pub fn contracts(&self, settings: &Settings, domains: &Domains) -> Vec<Revision<'_>> {
        let (limits, words) = (&settings.limits, &settings.vocabulary);
        let documents = read_contracts(&self.text, &self.path, limits, words).into_iter();
        let nameless = Contract::new(Format::Native);
        documents
            .map(|mut parsed| {
                let contract = parsed.value.as_ref().unwrap_or(&nameless);
                let identity = domains.identify(&self.path, contract);
                let stated_domain = contract.domain.clone();
                if let Some(contract) = &mut parsed.value {
                    contract.domain = Some(identity.domain.clone());
                }
                let mentions = parsed.value.as_ref().map(Mentions::of);
                Revision {
                    identity,
                    mentions: mentions.unwrap_or_default(),
                    parsed,
                    source: self.source(),
                    stated_domain,
                    lists: locate::Lists::default(),
                }
            })
            .collect()
    }
}

impl Revision<'_> {
    /// Returns the contract, where anything of it was understood.
    pub fn contract(&self) -> Option<&Contract> {
        self.parsed.value.as_ref()
    }

    /// Tells whether anything of the contract was not understood, and so is not compared.
    pub fn hides(&self) -> bool {
        self.contract()
            .is_none_or(|contract| !contract.opaque.is_empty())
    }

    /// Returns where a part stands.
    pub fn locate(&self, pointer: &Pointer) -> Location {
        let format = self
            .contract()
            .map_or(Format::Native, |contract| contract.format);
        let document = &self.parsed.document;
        let span = locate::locate_among(document, format, pointer, &self.lists);
        self.source.at(span)
    }
}
