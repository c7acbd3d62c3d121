//! Custom properties of the standard: free keys, and attributes of the model that it lacks.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::measure::{Duration, parse_date};
use crate::model::Deprecation;
use crate::{NodeRef, Scalar, Value, View, lowering::to_value, tokens};

/// The custom properties of one part, until each has found its place.
#[derive(Debug, Default)]
pub(super) struct Customs<'d> {
    left: BTreeMap<String, NodeRef<'d>>,
}

impl<'d> Customs<'d> {
    /// Reads the list beside the other keys of a part.
    pub(super) fn of(part: NodeRef<'d>) -> Self {
        let mut left = BTreeMap::new();
        let items = part.get("customProperties").into_iter();
        for item in items.flat_map(NodeRef::items) {
            let name = item
                .get("property")
                .and_then(|node| node.scalar()?.to_text());
            if let (Some(name), Some(value)) = (name, item.get("value")) {
                left.insert(name.to_owned(), value);
            }
        }
        Self { left }
    }

    /// Takes the property of a name, in snake or camel case, where its value can be read.
    pub(super) fn take<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(NodeRef<'d>) -> Option<T>,
    ) -> Option<T> {
        let key = self.left.keys().find(|key| tokens(key).join("_") == name)?;
        let key = key.clone();
        let value = read(*self.left.get(&key)?)?;
        self.left.remove(&key);
        Some(value)
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.take(name, text)
    }

    pub(super) fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        self.take(name, |node| match node.view() {
            View::Sequence(items) => items.map(text).collect(),
            _ => Some(vec![text(node)?]),
        })
    }

    pub(super) fn duration(&mut self, name: &str) -> Option<Duration> {
        self.take(name, |node| Duration::parse(node.text()?))
    }

    /// Takes what announces that something goes.
    pub(super) fn deprecation(&mut self, is_deprecated: bool) -> Option<Deprecation> {
        let date = |node: NodeRef<'d>| -> Option<Date> { parse_date(node.text()?) };
        let notice = Deprecation {
            since: self.take("deprecated_since", date),
            sunset: self.take("sunset", date),
            replacement: self.text("replacement"),
            reason: self.text("deprecation_reason"),
        };
        (is_deprecated || notice != Deprecation::default()).then_some(notice)
    }

    /// Returns what is left: free keys.
    pub(super) fn properties(self) -> BTreeMap<String, Value> {
        let value = |(name, node)| (name, to_value(node));
        self.left.into_iter().map(value).collect()
    }
}

pub(super) fn text(node: NodeRef<'_>) -> Option<String> {
    let text = node.scalar().and_then(Scalar::to_text)?;
    (!text.trim().is_empty()).then(|| text.to_owned())
}
