//! The name of a contract, as people type it, in; which contract of a snapshot it is out.

use meshlaw_changeset::Reader;
use meshlaw_contract::Pointer;
use meshlaw_contract::model::{Contract, Version};
use meshlaw_policy::Identity;
use meshlaw_report::Side;

use crate::atlas::{Atlas, Sketch};
use crate::failure::Failure;
use crate::identity::Domains;
use crate::names::Names;
use crate::settings::Settings;

/// A contract, and the field of it that was asked for.
#[derive(Debug, Clone)]
pub struct Named {
    /// What it is called, and where it lies.
    pub identity: Identity,
    /// Identifier that survives renames.
    pub stable_id: Option<String>,
    /// The field, where one was asked for.
    pub field: Option<Pointer>,
}

impl Named {
    /// Names a contract, by what it is called and what it says of itself.
    pub fn of(identity: &Identity, contract: Option<&Contract>) -> Self {
        Self {
            identity: identity.clone(),
            stable_id: contract.and_then(|contract| contract.id.clone()),
            field: None,
        }
    }
}

/// Finds what `domain/name`, `domain/name#field` or `domain/name#dataset.field` means; the path of
/// its file does as well as the contract's name.
///
/// Of several major versions, the greatest is meant. What contracts are called is registered of the
/// commit that is read.
pub fn find(
    reader: &Reader,
    (settings, domains): (&Settings, &Domains),
    names: &Names<'_>,
    text: &str,
) -> Result<Named, Failure> {
    let (name, field) = match text.split_once('#') {
        Some((name, field)) => (name, Some(field)),
        None => (text, None),
    };
    let atlas = Atlas::uncharted(reader, settings, domains, Side::Head).by(names, &[]);
    let mut found = atlas.all(name)?;
    if found.is_empty() {
        found = atlas.at_path(name)?;
    }
    let version = |sketch: &Sketch| sketch.version.as_ref().and_then(Version::semantic).cloned();
    found.sort_by_key(|sketch| version(sketch));
    let Some(sketch) = found.last() else {
        let message = format!("there is no contract `{name}`");
        let help = match atlas.nearest(name) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name it as `domain/name`, or by the path of its file".to_owned(),
        };
        return Err(Failure::new(message, help));
    };
    let field = field
        .map(|field| pointer(sketch, field))
        .transpose()
        .map_err(|near| {
            let message = format!("`{name}` has no field `{}`", field.unwrap_or_default());
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name the field, or the dataset, a dot and the field".to_owned(),
            };
            Failure::new(message, help)
        })?;
    Ok(Named {
        identity: sketch.identity.clone(),
        stable_id: sketch.stable_id.clone(),
        field,
    })
}

/// Finds a field by the names down to it, behind that of its dataset where there are several; what
/// is not there gives the nearest name.
fn pointer(sketch: &Sketch, text: &str) -> Result<Pointer, Option<String>> {
    let mut known = Vec::new();
    for (dataset, fields) in &sketch.datasets {
        let root = if sketch.is_listed {
            Pointer::root().word("datasets").name(dataset.as_ref())
        } else {
            Pointer::root()
        };
        collect(&root, "", fields, &mut known);
        if sketch.is_listed {
            collect(&root, dataset, fields, &mut known);
        }
    }
    let found = known.iter().find(|(name, _)| name == text);
    found.map(|(_, pointer)| pointer.clone()).ok_or_else(|| {
        let names = known.iter().map(|(name, _)| name.as_str());
        meshlaw_contract::nearest(text, names).map(str::to_owned)
    })
}

fn collect(
    above: &Pointer,
    prefix: &str,
    fields: &[crate::atlas::FieldSketch],
    known: &mut Vec<(String, Pointer)>,
) {
    for field in fields {
        let name = if prefix.is_empty() {
            field.name.to_string()
        } else {
            format!("{prefix}.{}", field.name)
        };
        let at = above.word("fields").name(field.name.as_ref());
        collect(&at, &name, &field.children, known);
        known.push((name, at));
    }
}
