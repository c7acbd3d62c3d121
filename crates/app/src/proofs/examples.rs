//! The examples of policies in, the requests that they make out.
//!
//! Whatever such a request shows of policies, no solver need be asked. What an example is meant to
//! show counts for nothing: each request is judged anew by whoever looks at it.

use std::collections::BTreeMap;

use meshlaw_changeset::{Content, DEFAULT_LIMIT, Globs, Reader};
use meshlaw_contract::model::{Contract, Status};
use meshlaw_policy::{
    Book, BookFile, Example, Layer, PolicyId, Told, World, builtin_examples, questions,
};
use meshlaw_prove::{Seat, Witness};

use crate::commands::policy::examples::{Case, Files, world_of};
use crate::failure::Failure;
use crate::settings;

/// Longest text of an example that is looked at: each field is asked about with all that lies around
/// it, which costs the square of their number.
const LONGEST: usize = 32 * 1024;

/// Examples, each with the layer of its policy.
pub struct Examples(Vec<(Layer, Case)>);

impl Examples {
    /// Reads those that are built in, and those of a folder of policies.
    ///
    /// An example that cannot be read shows nothing; `policy check` says what is wrong with it.
    pub fn read(reader: &Reader, folder: &str) -> Result<Self, Failure> {
        let mut all = Vec::new();
        for files in [builtin_examples(), own(reader, folder)?] {
            let texts: BTreeMap<&str, &str> = files
                .iter()
                .map(|file| (file.path.as_str(), &*file.text))
                .collect();
            for (home, example) in grouped(&texts) {
                all.extend(read(&texts, home, &example));
            }
        }
        Ok(Self(all))
    }

    /// Returns the requests that they make as they stand.
    pub fn asked(&self, book: &Book) -> Vec<Witness> {
        let told = self
            .0
            .iter()
            .filter_map(|(layer, case)| case.questions(layer, book).ok());
        told.flatten().map(witness).collect()
    }

    /// Returns the requests that their contracts would make if they were in force in a world, owned
    /// by a team of it.
    pub fn standing(&self, layer: &Layer, world: &World) -> Vec<Witness> {
        let contracts = self.0.iter().filter_map(|(_, case)| case.standing());
        let told = contracts.filter_map(|contract| {
            let contract = moved(contract, layer, world);
            let example = Example {
                before: None,
                after: Some(&contract),
                consumers: &[],
                pleas: &[],
                noticed: None,
                is_change: false,
            };
            questions(layer, &example, world, |_, _| Vec::new()).ok()
        });
        told.flatten().map(witness).collect()
    }
}

fn witness(told: Told) -> Witness {
    Witness {
        request: told.request,
        entities: told.entities,
    }
}

/// Puts a contract into a world.
fn moved(contract: &Contract, layer: &Layer, world: &World) -> Contract {
    let seat = Seat::of(world);
    let product = seat.product.map_or("example-product", |(name, _)| name);
    let domain = match layer {
        Layer::Org => contract.domain.clone(),
        Layer::Domain(domain) => Some(domain.clone()),
    };
    Contract {
        owner: Some(seat.owner),
        product: Some(product.to_owned()),
        status: Some(Status::Active),
        domain,
        ..contract.clone()
    }
}

fn own(reader: &Reader, folder: &str) -> Result<Vec<BookFile>, Failure> {
    let prefix = match folder {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    let mut globs = Vec::new();
    for layer in ["org", "domains"] {
        let below = [settings::FILE, "allow/**", "deny/**"];
        globs.extend(below.map(|below| format!("{prefix}{layer}/*/*/{below}")));
    }
    let mut files = Vec::new();
    for entry in reader.list(&Globs::new(globs)?)? {
        let path = entry.path.to_string();
        let path = path.strip_prefix(&prefix).unwrap_or(&path).to_owned();
        if let Content::Text(text) = reader.read(&entry, DEFAULT_LIMIT) {
            files.push(BookFile {
                path,
                text: text.into(),
            });
        }
    }
    Ok(files)
}

/// Puts the texts of each example together, under the home of its policy.
fn grouped<'f>(texts: &BTreeMap<&'f str, &str>) -> Vec<(&'f str, Files)> {
    let mut found: BTreeMap<(&str, &str, &str), Files> = BTreeMap::new();
    for (path, text) in texts {
        // A policy lies three folders deep, and its examples in one of two below it.
        let Some((end, _)) = path.match_indices('/').nth(2) else {
            continue;
        };
        let (home, below) = path.split_at(end);
        let mut parts = below.splitn(4, '/').skip(1);
        let (Some(side @ ("allow" | "deny")), Some(group)) = (parts.next(), parts.next()) else {
            continue;
        };
        let name = parts.next().unwrap_or(group);
        let files = found.entry((home, side, group)).or_default();
        files.insert(name.to_owned(), (*text).to_owned());
    }
    let found = found.into_iter();
    found.map(|((home, ..), files)| (home, files)).collect()
}

fn read(texts: &BTreeMap<&str, &str>, home: &str, example: &Files) -> Option<(Layer, Case)> {
    let (_, layer) = PolicyId::parse(home)?;
    if example.values().map(String::len).sum::<usize>() > LONGEST {
        return None;
    }
    let path = format!("{home}/{}", settings::FILE);
    let world = world_of(texts.get(path.as_str()).copied(), &path).ok()?;
    Some((layer, Case::of(example, &world).ok()?))
}
