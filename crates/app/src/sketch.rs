//! A contract in, what others may ask of it out: names and types, without anything that is promised.
//!
//! An audit keeps a sketch of every contract until the end, and looks at few: they are kept packed,
//! as one run of bytes each.

use meshlaw_contract::model::{Contract, Field, Place, Version};
use meshlaw_policy::Identity;
use serde::ser::{SerializeSeq as _, SerializeTuple as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::revision::Revision;

/// What others may ask of a contract.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketch {
    /// What it is called.
    pub identity: Identity,
    /// Whether the document itself states the name.
    pub is_named: bool,
    /// Version of the promise.
    pub version: Option<Version>,
    /// Identifier that survives renames.
    pub stable_id: Option<String>,
    /// Team that keeps the promise.
    pub owner: Option<String>,
    /// Whether the document lists its datasets; else the contract is the only one itself.
    pub is_listed: bool,
    /// Names of datasets with their fields.
    pub datasets: Vec<(Box<str>, Vec<FieldSketch>)>,
    /// Whether all of the document was understood; what was not may hold any name.
    pub is_whole: bool,
}

/// What others may ask of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSketch {
    /// Name.
    pub name: Box<str>,
    /// Word of the type.
    pub ty: Box<str>,
    /// Fields nested in it.
    pub children: Vec<FieldSketch>,
}

impl Sketch {
    /// Returns the fields at the top of a dataset, or of all of them.
    pub fn fields<'s>(
        &'s self,
        dataset: Option<&'s str>,
    ) -> impl Iterator<Item = &'s FieldSketch> + 's {
        let is_meant = move |name: &str| dataset.is_none_or(|dataset| dataset == name);
        let datasets = self.datasets.iter();
        datasets
            .filter(move |(name, _)| is_meant(name))
            .flat_map(|(_, fields)| fields)
    }
}

/// A sketch as one run of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed(Box<[u8]>);

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            return Ok(Self(Box::deserialize(from)?));
        }
        // At once: these are read by the thousand.
        Ok(Self(<&[u8]>::deserialize(from)?.into()))
    }
}

/// What is known of a contract that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Where its file lies.
    pub path: Box<str>,
    /// Its sketch; without one, the file is read if anybody asks.
    pub packed: Option<Packed>,
}

/// What is packed beside datasets.
#[derive(Serialize, Deserialize)]
struct Head<'p> {
    identity: [&'p str; 3],
    is_named: bool,
    version: Option<&'p str>,
    stable_id: Option<&'p str>,
    owner: Option<&'p str>,
    is_listed: bool,
    is_whole: bool,
}

/// The datasets of a contract, to be packed as they are read again.
struct Datasets<'c>(&'c [meshlaw_contract::model::Dataset]);
struct Fields<'c>(&'c [Field]);

impl Packed {
    /// Packs the sketch of a contract.
    pub fn of(revision: &Revision<'_>) -> Self {
        let contract = revision.contract();
        let identity = &revision.identity;
        let listed = |contract: &Contract| {
            let mut all = contract.datasets.iter();
            all.any(|dataset| dataset.place == Place::Listed)
        };
        let version = contract.and_then(|contract| contract.version.as_ref());
        let version = version.map(ToString::to_string);
        let head = Head {
            identity: [&identity.domain, &identity.name, &identity.path],
            is_named: contract.is_some_and(|contract| contract.name.is_some()),
            version: version.as_deref(),
            stable_id: contract.and_then(|contract| contract.id.as_deref()),
            owner: contract.and_then(|contract| contract.owner.as_deref()),
            is_listed: contract.is_some_and(listed),
            is_whole: !revision.hides(),
        };
        let datasets = contract.map_or(&[][..], |contract| &contract.datasets);
        let packed = postcard::to_stdvec(&(head, Datasets(datasets)));
        // Plain texts always fit; an empty run of bytes opens as nothing.
        Self(packed.unwrap_or_default().into())
    }

    /// Packs a sketch that was made anew.
    pub fn again(sketch: &Sketch) -> Self {
        let version = sketch.version.as_ref().map(ToString::to_string);
        let Identity { domain, name, path } = &sketch.identity;
        let head = Head {
            identity: [domain, name, path],
            is_named: sketch.is_named,
            version: version.as_deref(),
            stable_id: sketch.stable_id.as_deref(),
            owner: sketch.owner.as_deref(),
            is_listed: sketch.is_listed,
            is_whole: sketch.is_whole,
        };
        let packed = postcard::to_stdvec(&(head, &sketch.datasets));
        Self(packed.unwrap_or_default().into())
    }

    /// Opens the sketch again.
    pub fn open(&self) -> Option<Sketch> {
        type Whole<'p> = (Head<'p>, Vec<(Box<str>, Vec<FieldSketch>)>);
        let (head, datasets) = postcard::from_bytes::<Whole<'_>>(&self.0).ok()?;
        let [domain, name, path] = head.identity.map(str::to_owned);
        Some(Sketch {
            identity: Identity { domain, name, path },
            is_named: head.is_named,
            version: head.version.map(Version::new),
            stable_id: head.stable_id.map(str::to_owned),
            owner: head.owner.map(str::to_owned),
            is_listed: head.is_listed,
            datasets,
            is_whole: head.is_whole,
        })
    }
}

/// As a list of numbers where people may look, else all at once, which comes to the same bytes.
impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            self.0.serialize(to)
        } else {
            to.serialize_bytes(&self.0)
        }
    }
}

impl Serialize for Datasets<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut all = to.serialize_seq(Some(self.0.len()))?;
        for dataset in self.0 {
            all.serialize_element(&(dataset.name.as_str(), Fields(&dataset.fields)))?;
        }
        all.end()
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut all = to.serialize_seq(Some(self.0.len()))?;
        for field in self.0 {
            all.serialize_element(&One(field))?;
        }
        all.end()
    }
}

struct One<'c>(&'c Field);

impl Serialize for One<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut own = to.serialize_tuple(3)?;
        own.serialize_element(self.0.name.as_str())?;
        own.serialize_element(self.0.ty.word())?;
        own.serialize_element(&Children(self.0))?;
        own.end()
    }
}

/// What nests in a field.
struct Children<'c>(&'c Field);

impl Serialize for Children<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut all = to.serialize_seq(Some(self.0.children().count()))?;
        for field in self.0.children() {
            all.serialize_element(&One(field))?;
        }
        all.end()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use meshlaw_report::Side;

    use super::*;
    use crate::identity::Domains;
    use crate::revision::FileText;
    use crate::settings::Settings;

    /// Sketches a contract without packing it.
    fn plain(revision: &Revision<'_>) -> Sketch {
        let contract = revision.contract();
        let datasets = contract.into_iter().flat_map(|contract| &contract.datasets);
        Sketch {
            identity: revision.identity.clone(),
            is_named: contract.is_some_and(|contract| contract.name.is_some()),
            version: contract.and_then(|contract| contract.version.clone()),
            stable_id: contract.and_then(|contract| contract.id.clone()),
            owner: contract.and_then(|contract| contract.owner.clone()),
            is_listed: contract.is_some_and(|contract| {
                let mut all = contract.datasets.iter();
                all.any(|dataset| dataset.place == Place::Listed)
            }),
            datasets: datasets
                .map(|dataset| (dataset.name.as_str().into(), sketches(&dataset.fields)))
                .collect(),
            is_whole: !revision.hides(),
        }
    }

    fn sketches<'f>(fields: impl IntoIterator<Item = &'f Field>) -> Vec<FieldSketch> {
        let sketch = |field: &Field| FieldSketch {
            name: field.name.as_str().into(),
            ty: field.ty.word().into(),
            children: sketches(field.children()),
        };
        fields.into_iter().map(sketch).collect()
    }

    #[test]
    fn a_packed_sketch_opens_as_it_was() {
        let text = "schema: a\nversion: 1.0.0-rc.1\nid: x\nowner: t\nfields:\n\
                    - { name: o, type: object, fields: [{ name: i, type: uuid }] }\n\
                    - { name: m, type: map, keys: { type: string }, values: { type: array } }\n\
                    ---\ndatasets: [{ name: d, fields: [] }, { name: ü, fields: [{ name: a }] }]\n\
                    ---\n[not, a, contract]\n";
        let file = FileText {
            path: "domains/sales/a.contract.yaml".to_owned(),
            text: text.to_owned(),
            side: Side::Head,
        };
        let settings = Settings::default();
        let domains = Domains::new(&settings, None).unwrap();
        let revisions = file.contracts(&settings, &domains);
        assert_eq!(revisions.len(), 3);
        for revision in &revisions {
            let sketch = plain(revision);
            assert_eq!(Packed::of(revision).open().as_ref(), Some(&sketch));
            let packed = Packed::again(&sketch);
            assert_eq!(packed, Packed::of(revision));
            let written = postcard::to_stdvec(&packed).unwrap();
            assert_eq!(written, postcard::to_stdvec(&packed.0).unwrap());
            assert_eq!(postcard::from_bytes::<Packed>(&written).unwrap(), packed);
        }
    }
}
