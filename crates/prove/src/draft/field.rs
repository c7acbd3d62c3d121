//! A field of a request in, the mapping that states it out.

use jiff::civil::Date;

use super::told::{At, Told};
use super::yaml;

/// A field as it is written down.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) pairs: Vec<(&'static str, String)>,
    /// It lies within another one.
    pub(super) is_nested: bool,
    /// A quality rule speaks of it.
    pub(super) has_rule: bool,
}

impl Field {
    /// A field of which nothing is asked.
    pub(super) fn plain(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            pairs: vec![("type", "string".to_owned())],
            is_nested: false,
            has_rule: false,
        }
    }

    /// States all that rules read of the field at a place.
    pub(super) fn of(told: &Told<'_>, at: At<'_>, name: &str, as_of: Date) -> Self {
        let mut field = Self::plain(name);
        field.pairs.clear();
        match told.text(at, "type") {
            Some("unstated") => {}
            // What other formats can say and ours cannot is tried as a text.
            Some("other") | None => field.say("type", "string".to_owned()),
            Some(known) => field.say("type", known.to_owned()),
        }
        for (attribute, key) in [
            ("isRequired", "required"),
            ("isUnique", "unique"),
            ("isPrimaryKey", "primary_key"),
            ("isEncrypted", "encrypted"),
        ] {
            if told.flag(at, attribute) == Some(true) {
                field.say(key, "true".to_owned());
            }
        }
        for (attribute, key) in [
            ("description", "description"),
            ("physicalName", "physical_name"),
            ("classification", "classification"),
            ("pii", "pii"),
            ("term", "term"),
            ("unit", "unit"),
            ("format", "format"),
            ("pattern", "pattern"),
        ] {
            if let Some(value) = told.text(at, attribute) {
                field.say(key, yaml::text(told.plausible(attribute, value)));
            }
        }
        if let Some(class) = told.long(at, "classificationRank").and_then(class)
            && told.text(at, "classification").is_none()
        {
            field.say("classification", class.to_owned());
        }
        field.protect(told, at);
        field.bound(told, at);
        if let Some(notice) = deprecated(told, at, as_of) {
            field.say("deprecated", notice);
        }
        field.is_nested = told.flag(at, "isNested") == Some(true);
        field.has_rule = told.flag(at, "hasQualityRule") == Some(true);
        field
    }

    fn protect(&mut self, told: &Told<'_>, at: At<'_>) {
        match (told.text(at, "masking"), told.flag(at, "isMasked")) {
            (Some(method), _) => self.say("masking", yaml::text(told.plausible("masking", method))),
            (None, Some(true)) => self.say("masking", "hash".to_owned()),
            (None, _) => {}
        }
    }

    fn bound(&mut self, told: &Told<'_>, at: At<'_>) {
        let values = told.set(at, "allowedValues").unwrap_or_default();
        if !values.is_empty() || told.flag(at, "hasEnum") == Some(true) {
            let values = if values.is_empty() {
                vec!["one", "other"]
            } else {
                values
            };
            self.say("enum", yaml::list(values));
        }
        for (attribute, key) in [
            ("maxLength", "max_length"),
            ("precision", "precision"),
            ("scale", "scale"),
        ] {
            if let Some(value) = told.long(at, attribute) {
                self.say(key, value.to_string());
            }
        }
        if told.flag(at, "hasReference") == Some(true) {
            let target = [
                ("contract", "example/other".to_owned()),
                ("field", "id".to_owned()),
            ];
            self.say("references", yaml::mapping(&target));
        }
        if let Some(tags) = told.set(at, "tags").filter(|tags| !tags.is_empty()) {
            self.say("tags", yaml::list(tags));
        }
    }

    pub(super) fn say(&mut self, key: &'static str, value: String) {
        self.pairs.retain(|(known, _)| *known != key);
        self.pairs.push((key, value));
    }

    pub(super) fn written(&self) -> String {
        let mut pairs = vec![("name", yaml::text(&self.name))];
        pairs.extend(self.pairs.iter().cloned());
        let own = yaml::mapping(&pairs);
        if !self.is_nested {
            return own;
        }
        let around = [
            ("name", "details".to_owned()),
            ("type", "object".to_owned()),
            ("fields", format!("[{own}]")),
        ];
        yaml::mapping(&around)
    }
}

/// Names a class by its rank.
pub(super) fn class(rank: i64) -> Option<&'static str> {
    let classes = ["public", "internal", "confidential", "restricted"];
    classes.get(usize::try_from(rank).ok()?).copied()
}

/// Writes the notice that something goes, where there is one.
pub(super) fn deprecated(told: &Told<'_>, at: At<'_>, as_of: Date) -> Option<String> {
    let days = told.long(at, "daysToSunset");
    let has_sunset = days.is_some() || told.flag(at, "hasSunset") == Some(true);
    let has_replacement = told.flag(at, "hasReplacement") == Some(true);
    if !has_sunset && !has_replacement && told.flag(at, "isDeprecated") != Some(true) {
        return None;
    }
    let mut pairs = Vec::new();
    if has_sunset {
        pairs.push(("sunset", day(as_of, days.unwrap_or(90))?.to_string()));
    }
    if has_replacement {
        pairs.push(("replacement", "example/other".to_owned()));
    }
    if pairs.is_empty() {
        pairs.push(("reason", "it is not needed any more".to_owned()));
    }
    Some(yaml::mapping(&pairs))
}

/// Returns the day that lies so many days from another; where that is beyond all calendars, one that
/// lies some years away.
pub(super) fn day(from: Date, days: i64) -> Option<Date> {
    let at = |days: i64| {
        let span = jiff::Span::new().try_days(days).ok()?;
        let day = from.checked_add(span).ok()?;
        (0..=9999).contains(&day.year()).then_some(day)
    };
    at(days).or_else(|| at(days.clamp(-SOME_YEARS, SOME_YEARS)))
}

/// Days that nobody takes for a typing error.
const SOME_YEARS: i64 = 3_650;
