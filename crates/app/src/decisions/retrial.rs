//! A logged request in, what another law answers to it out.
//!
//! Documents are read by their hash: from the objects of the repository, or from the folder where
//! the bytes at the path still have it. What was asked stands as it is logged: grades, bumps,
//! consumers, approvals. Who may do what, and the parameters, are those of the law that judges.

use std::collections::VecDeque;
use std::rc::Rc;

use meshlaw_changeset::{Content, DEFAULT_LIMIT, Entry, Kind, ObjectId, Reader, RepoPath, blob_of};
use meshlaw_contract::model::{Consumer, Contract};
use meshlaw_contract::{Format, Pointer, parse_consumers, parse_waivers};
use meshlaw_diff::{Change, Comparison, compare};
use meshlaw_policy::{
    AskedChange, AskedPlea, AskedUse, Asking, ChangeFacts, Cited, Decision, Identity, Judge, Plea,
    Precedent, Reader as Asker, Role, Versions, World, part,
};
use meshlaw_report::Side;

use crate::failure::Failure;
use crate::identity::Domains;
use crate::law::Law;
use crate::revision::FileText;
use crate::waivers::domain_of;

/// Where documents are read from.
pub struct Documents {
    /// The objects of the repository, where there is one.
    pub objects: Option<Reader>,
    /// The folder.
    pub folder: Reader,
}

/// What is not there any more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gone {
    /// A document, by its path and hash.
    Document(String, String),
    /// The part of a document, by the path: it is read otherwise now.
    Part(String),
}

/// Asks logged requests again, in the order of their log.
pub struct Retrial<'l> {
    law: &'l Law,
    world: &'l World,
    domains: &'l Domains,
    documents: Documents,
    judge: Judge<'l>,
    last: Option<Case>,
}

/// What was found out for the last request, which the next is likely to share.
struct Case {
    cited: Rc<[Cited]>,
    layers: Vec<String>,
    matter: Matter,
}

enum Matter {
    /// Answers about the parts of one contract, to be taken one by one.
    Parts(Asking, VecDeque<Decision>),
    /// The two revisions of a contract with their changes, to be taken one by one.
    Changes(Box<Compared>),
}

struct Compared {
    base: Option<Contract>,
    head: Option<Contract>,
    changes: VecDeque<Change>,
}

impl<'l> Retrial<'l> {
    /// Convenes the law that judges.
    pub fn new(
        law: &'l Law,
        world: &'l World,
        domains: &'l Domains,
        documents: Documents,
    ) -> Result<Self, Failure> {
        let judge = Judge::new(&law.book, world).map_err(|error| {
            Failure::new(format!("the policies do not go together: {error}"), "")
        })?;
        Ok(Self {
            law,
            world,
            domains,
            documents,
            judge: judge.recording(),
            last: None,
        })
    }

    /// Asks again what was logged.
    ///
    /// # Errors
    ///
    /// Says what is gone that the request was made of.
    pub fn ask(&mut self, logged: &Decision) -> Result<Decision, Gone> {
        let is_same = self.last.as_ref().is_some_and(|case| case.fits(logged));
        if !is_same {
            self.last = None;
        }
        let case = match self.last.take() {
            Some(case) => Ok(case),
            None => self.open(logged),
        };
        let mut case = case?;
        let answer = self.answer(&mut case, logged);
        self.last = Some(case);
        answer.ok_or_else(|| gone_part(logged))
    }

    /// Reads the documents of a request.
    fn open(&mut self, logged: &Decision) -> Result<Case, Gone> {
        let matter = match &logged.asking {
            Asking::Change(_) => self.compared(logged)?,
            asking => Matter::Parts(asking.clone(), self.parts(asking, logged)?),
        };
        Ok(Case {
            cited: Rc::clone(&logged.cited),
            layers: logged.domains.clone(),
            matter,
        })
    }

    fn answer(&mut self, case: &mut Case, logged: &Decision) -> Option<Decision> {
        match (&mut case.matter, &logged.asking) {
            (Matter::Parts(_, answers), _) => {
                let is_asked = |one: &Decision| {
                    one.resource == logged.resource && one.pointer == logged.pointer
                };
                let at = answers.iter().position(is_asked)?;
                answers.remove(at)
            }
            (Matter::Changes(compared), Asking::Change(asked)) => {
                self.change(compared, asked, logged)
            }
            (Matter::Changes(_), _) => None,
        }
    }

    /// Asks about all parts of a contract at once.
    fn parts(&mut self, asking: &Asking, logged: &Decision) -> Result<VecDeque<Decision>, Gone> {
        let (contract, identity) = match contract_of(logged) {
            Some(cited) => {
                let mut contract = self.contract(cited)?;
                contract.domain = Some(logged.contract.domain.clone());
                (contract, identity(cited, logged))
            }
            None => (Contract::new(Format::Native), logged.contract.clone()),
        };
        let layers: Vec<&str> = logged.domains.iter().map(String::as_str).collect();
        match asking {
            Asking::Publish => {
                self.judge.publish(&contract, &identity, &layers);
            }
            Asking::Consume(asked) => self.usage(asked, &contract, &identity, &layers, logged)?,
            Asking::Waive(asked) => self.plea(asked, &contract, &identity, logged)?,
            Asking::Change(_) => {}
        }
        Ok(self.judge.take_decisions().into())
    }

    fn usage(
        &mut self,
        asked: &AskedUse,
        contract: &Contract,
        identity: &Identity,
        layers: &[&str],
        logged: &Decision,
    ) -> Result<(), Gone> {
        let text = self.principal(logged)?;
        let documents = parse_consumers(&text, &self.law.settings.limits);
        let mut consumers = documents.into_iter().filter_map(|one| one.value);
        let consumer = consumers.find(|one| one.name == asked.consumer);
        let consumer = consumer.ok_or_else(|| gone_part(logged))?;
        let usage = consumer.uses.get(asked.number);
        let usage = usage.ok_or_else(|| gone_part(logged))?;
        let asker = Asker {
            consumer: &consumer,
            domain: asked.domain.as_deref(),
            has_contact: asked.has_contact,
        };
        self.judge.consume(asker, usage, contract, identity, layers);
        Ok(())
    }

    fn plea(
        &mut self,
        asked: &AskedPlea,
        contract: &Contract,
        identity: &Identity,
        logged: &Decision,
    ) -> Result<(), Gone> {
        let text = self.principal(logged)?;
        let documents = parse_waivers(&text, &self.law.settings.limits);
        let mut waivers = documents.into_iter().filter_map(|one| one.value);
        let waiver = waivers.find(|one| one.name == asked.waiver);
        let waiver = waiver.ok_or_else(|| gone_part(logged))?;
        let plea = Plea {
            waiver: &waiver,
            policy: &asked.policy,
            rule: asked.rule.as_deref(),
            severity: asked.severity,
            enforcement: asked.enforcement,
            precedent: Precedent {
                renewals: asked.renewals,
                in_domain: asked.in_domain,
                // What may be had is for the law to say by which the replay asks.
                budget: self.law.settings.waiver_budget(domain_of(&waiver)),
            },
        };
        let pointer = part(contract, &logged.pointer);
        self.judge.waive(&plea, contract, identity, &pointer);
        Ok(())
    }

    /// Compares the revisions of a change.
    fn compared(&self, logged: &Decision) -> Result<Matter, Gone> {
        let side = |role| {
            let cited = logged.cited.iter().find(|one| one.role == role);
            cited.map(|cited| self.contract(cited)).transpose()
        };
        let (base, head) = (side(Role::Base)?, side(Role::Head)?);
        let comparison = compare(base.as_ref(), head.as_ref(), self.world.as_of);
        let Comparison { changes, .. } = comparison.map_err(|_| gone_part(logged))?;
        Ok(Matter::Changes(Box::new(Compared {
            base,
            head,
            changes: changes.into(),
        })))
    }

    /// Asks about one change, and takes it for asked.
    fn change(
        &mut self,
        compared: &mut Compared,
        asked: &AskedChange,
        logged: &Decision,
    ) -> Option<Decision> {
        let (base, head) = (compared.base.as_ref(), compared.head.as_ref());
        let changes = &mut compared.changes;
        let place = |change: &Change| {
            let of_base = change.edit.place.base().filter(|_| base.is_some());
            of_base.or(change.edit.place.head()).cloned()
        };
        let is_asked = |change: &Change| {
            let names = place(change).map(|pointer| pointer.to_strings());
            // The part around it is what is logged; those of one part come in the same order again.
            let is_there = names.is_some_and(|names| names.starts_with(&logged.pointer));
            change.rule.id == asked.rule && is_there
        };
        let at = changes.iter().position(is_asked)?;
        let change = changes.remove(at)?;
        let pointer = place(&change)?;
        let role = match change.edit.place.base().and(base) {
            Some(_) => Role::Base,
            None => Role::Head,
        };
        let cited = logged.cited.iter().find(|one| one.role == role)?;
        let contract = match role {
            Role::Base => base?,
            _ => head?,
        };
        let consumers: Vec<Consumer> = asked.consumers.iter().map(consumer).collect();
        let facts = ChangeFacts {
            change: &change,
            pointer: &pointer,
            impact: asked.impact,
            grades: asked.grades,
            versions: Versions {
                required: asked.required,
                declared: asked.declared,
                before: base.and_then(|one| one.version.as_ref()),
                after: head.and_then(|one| one.version.as_ref()),
            },
            consumers: consumers.iter().collect(),
            noticed: asked.noticed,
            base,
            head,
        };
        let layers: Vec<&str> = logged.domains.iter().map(String::as_str).collect();
        self.judge
            .change(contract, &identity(cited, logged), &layers, &facts);
        self.judge.take_decisions().pop()
    }

    /// Reads a contract.
    fn contract(&self, cited: &Cited) -> Result<Contract, Gone> {
        let file = FileText {
            path: cited.path.clone(),
            text: self.documents.text(cited)?,
            side: Side::Head,
        };
        let revisions = file.contracts(&self.law.settings, self.domains);
        let stands_there = |line: u32| {
            let mut all = revisions.iter();
            all.find(|one| one.locate(&Pointer::root()).line == line)
        };
        let found = stands_there(cited.line).or(match revisions.as_slice() {
            [only] => Some(only),
            _ => None,
        });
        let contract = found.and_then(|one| one.contract().cloned());
        contract.ok_or_else(|| Gone::Part(cited.path.clone()))
    }

    /// Reads the document of whoever asks.
    fn principal(&self, logged: &Decision) -> Result<String, Gone> {
        let mut cited = logged.cited.iter();
        let cited = cited.find(|one| one.role == Role::Principal);
        self.documents.text(cited.ok_or_else(|| gone_part(logged))?)
    }
}

impl Case {
    fn fits(&self, logged: &Decision) -> bool {
        let is_same_matter = match (&self.matter, &logged.asking) {
            (Matter::Changes(_), Asking::Change(_)) => true,
            // A plea is about one part; two for the same part are two cases.
            (Matter::Parts(..), Asking::Waive(_)) => false,
            (Matter::Parts(asking, _), other) => asking == other,
            (Matter::Changes(_), _) => false,
        };
        is_same_matter && self.cited == logged.cited && self.layers == logged.domains
    }
}

impl Documents {
    /// Reads the bytes that a log cites.
    fn text(&self, cited: &Cited) -> Result<String, Gone> {
        let gone = || Gone::Document(cited.path.clone(), cited.blob.clone());
        let path = RepoPath::parse(&cited.path).map_err(|_| gone())?;
        let id = ObjectId::parse(&cited.blob).ok_or_else(gone)?;
        let entry = Entry::stored(path.clone(), Kind::File, id);
        let of_object = self
            .objects
            .as_ref()
            .map(|one| one.read(&entry, MOST_BYTES));
        if let Some(Content::Text(text)) = of_object {
            return Ok(text);
        }
        let entry = self.folder.find(&path).ok().flatten().ok_or_else(gone)?;
        match self.folder.read(&entry, MOST_BYTES) {
            Content::Text(text) if blob_of(text.as_bytes()) == id => Ok(text),
            _ => Err(gone()),
        }
    }
}

/// Documents longer than any that is judged by default are not read for a log.
const MOST_BYTES: u64 = 16 * DEFAULT_LIMIT;

/// The contract that a request other than one about a change is about.
fn contract_of(logged: &Decision) -> Option<&Cited> {
    let mut cited = logged.cited.iter();
    cited.find(|one| one.role != Role::Principal)
}

fn identity(cited: &Cited, logged: &Decision) -> Identity {
    Identity {
        path: cited.path.clone(),
        ..logged.contract.clone()
    }
}

fn gone_part(logged: &Decision) -> Gone {
    Gone::Part(logged.contract.path.clone())
}

/// A consumer of whom only name and owner are known, which is what policies on changes are told.
fn consumer((name, owner): &(String, Option<String>)) -> Consumer {
    Consumer {
        name: name.clone(),
        owner: owner.clone(),
        kind: None,
        description: None,
        regions: Default::default(),
        uses: Vec::new(),
        notify: Default::default(),
    }
}
