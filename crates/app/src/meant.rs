//! The id of a contract that is not there in, the one that was likely meant out.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::OnceLock;

use meshlaw_contract::nearest;

/// Returns the id that was likely meant, of all that there are.
///
/// Looked for among the names of the domain, then under the same name in domains that are called
/// alike: in an estate of a hundred thousand contracts, thousands can be named that are not there.
pub fn meant<K: Borrow<str> + Ord, T>(id: &str, all: &BTreeMap<K, T>) -> Option<String> {
    let (domain, name) = id.split_once('/')?;
    if let Some(near) = nearest(name, names_of(domain, all)) {
        return Some(format!("{domain}/{near}"));
    }
    let having = domains(all).filter(|other| all.contains_key(format!("{other}/{name}").as_str()));
    nearest(domain, having).map(|near| format!("{near}/{name}"))
}

/// Every name of an estate, put in order once it is asked what was meant by one that is nowhere.
#[derive(Default)]
pub struct Meant<K>(OnceLock<BTreeMap<K, ()>>);

impl<K: Borrow<str> + Ord> Meant<K> {
    /// Returns the id that was likely meant.
    pub fn by(&self, id: &str, names: impl FnOnce() -> Vec<K>) -> Option<String> {
        let all = self.0.get_or_init(|| {
            let names = names().into_iter();
            names.map(|name| (name, ())).collect()
        });
        meant(id, all)
    }
}

/// Returns the names within a domain.
fn names_of<'a, K: Borrow<str> + Ord, T>(
    domain: &str,
    all: &'a BTreeMap<K, T>,
) -> impl Iterator<Item = &'a str> {
    let prefix = format!("{domain}/");
    let from = (Bound::Included(prefix.as_str()), Bound::Unbounded);
    let after = all.range::<str, _>(from);
    after.map_while(move |(id, _)| id.borrow().strip_prefix(&prefix))
}

/// Returns each domain once, without a walk over all that lies in it.
fn domains<K: Borrow<str> + Ord, T>(all: &BTreeMap<K, T>) -> impl Iterator<Item = &str> {
    let mut next = all.first_key_value();
    std::iter::from_fn(move || {
        let (domain, _) = next?.0.borrow().split_once('/')?;
        // What follows the slash among characters begins the next domain.
        let from = format!("{domain}0");
        let after = (Bound::Included(from.as_str()), Bound::Unbounded);
        next = all.range::<str, _>(after).next();
        Some(domain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_looked_for_near_by() {
        let ids = [
            "crm/orders",
            "sales-eu/orders",
            "sales/customers",
            "sales/orders",
            "sales0/orders",
        ];
        let all: BTreeMap<String, ()> = ids.iter().map(|id| ((*id).to_owned(), ())).collect();
        for (id, expected) in [
            ("sales/ordres", Some("sales/orders")),
            ("sale/orders", Some("sales/orders")),
            ("sale/customers", Some("sales/customers")),
            ("sales_0/orders", Some("sales0/orders")),
            ("crn/orders", Some("crm/orders")),
            ("stock/orders", None),
            ("orders", None),
        ] {
            assert_eq!(meant(id, &all).as_deref(), expected, "{id}");
        }
        let met: Vec<&str> = domains(&all).collect();
        assert_eq!(met, ["crm", "sales-eu", "sales", "sales0"]);
    }
}
