//! A contract of a request in, the document that states it out.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::Value;

use super::field::{Field, class, deprecated};
use super::told::{At, Told};
use super::yaml;

/// A contract as it is written down.
pub(super) struct Contract {
    pub(super) name: String,
    pub(super) pairs: Vec<(&'static str, String)>,
    /// Keys of the one dataset, where it is stated apart.
    pub(super) dataset: Option<Vec<(&'static str, String)>>,
    pub(super) fields: Vec<Field>,
    pub(super) quality: Vec<String>,
}

/// Most fields that are written to make a count true.
const MOST_FIELDS: i64 = 400;

impl Contract {
    /// States what rules read of a contract at a place.
    pub(super) fn of(told: &Told<'_>, at: At<'_>, as_of: Date) -> Self {
        let name = names(told, at, "example").into_iter().next();
        let mut contract = Self {
            name: name.unwrap_or_default(),
            pairs: Vec::new(),
            dataset: None,
            fields: Vec::new(),
            quality: Vec::new(),
        };
        contract.say("version", version(told, at));
        contract.own(told, at);
        contract.describe(told, at);
        contract.serve(told, at);
        if let Some(notice) = deprecated(told, at, as_of) {
            contract.say("deprecated", notice);
        }
        contract.fill(told, at);
        contract
    }

    fn own(&mut self, told: &Told<'_>, at: At<'_>) {
        let owner = told
            .text(at, "owner")
            .map(|owner| told.plausible("owner", owner));
        if owner.is_some() || !told.is_read(at, "owner") {
            self.say("owner", yaml::text(owner.unwrap_or("example-team")));
        }
        let domain = told.text(at, "domain").or(told.parent(at, "Domain"));
        if let Some(domain) = domain.filter(|domain| !domain.is_empty()) {
            self.say("domain", yaml::text(domain));
        }
        let product = told.text(at, "product").or(told.parent(at, "Product"));
        if let Some(product) = product {
            self.say("product", yaml::text(told.plausible("product", product)));
        }
    }

    fn describe(&mut self, told: &Told<'_>, at: At<'_>) {
        for (attribute, key) in [
            ("status", "status"),
            ("description", "description"),
            ("classification", "classification"),
            ("compatibility", "compatibility"),
            ("legalBasis", "legal_basis"),
        ] {
            if let Some(value) = told.text(at, attribute) {
                self.say(key, yaml::text(told.plausible(attribute, value)));
            }
        }
        if let Some(class) = told.long(at, "classificationRank").and_then(class) {
            self.say("classification", class.to_owned());
        }
        for (attribute, key) in [
            ("purposes", "purpose"),
            ("regions", "regions"),
            ("tags", "tags"),
        ] {
            let set = told.set(at, attribute).filter(|set| !set.is_empty());
            if let Some(set) = set {
                let set = set.into_iter().map(|text| told.plausible(attribute, text));
                // Two texts that only a solver would write may become the same word.
                let set: BTreeSet<&str> = set.collect();
                self.say(key, yaml::list(set));
            }
        }
        if let Some(tags) = told.tags(at) {
            let pairs: Vec<(&str, String)> = tags
                .iter()
                .map(|(key, value)| (key.as_str(), scalar(value)))
                .collect();
            self.say("properties", yaml::mapping(&pairs));
        }
    }

    fn serve(&mut self, told: &Told<'_>, at: At<'_>) {
        if let Some(days) = told.long(at, "retentionDays") {
            self.say("retention", format!("{days} days"));
        }
        let mut sla: Vec<(&str, String)> = Vec::new();
        let stated = told.set(at, "slaProperties").unwrap_or_default();
        if let Some(points) = told.long(at, "availability") {
            sla.push(("availability", percent(points)));
        }
        for (attribute, key) in [
            ("freshnessSeconds", "freshness"),
            ("latencySeconds", "latency"),
        ] {
            if let Some(seconds) = told.long(at, attribute) {
                sla.push((key, format!("{seconds} seconds")));
            }
        }
        for key in stated.into_iter().filter(|key| !key.is_empty()) {
            let value = match key {
                "availability" | "completeness" => "99%",
                "freshness" | "latency" | "retention" => "1 day",
                _ => "as agreed",
            };
            if !sla.iter().any(|(known, _)| *known == key) {
                sla.push((key, value.to_owned()));
            }
        }
        if !sla.is_empty() {
            self.say("sla", yaml::mapping(&sla));
        }
        let servers = told.set(at, "serverTypes").unwrap_or_default();
        let servers: Vec<String> = servers
            .iter()
            .map(|kind| {
                let name = ("name", yaml::text(&format!("{kind}-server")));
                yaml::mapping(&[name, ("type", yaml::text(kind))])
            })
            .collect();
        if !servers.is_empty() {
            self.say("servers", format!("[{}]", servers.join(", ")));
        }
    }

    /// Makes the fields that sets of names speak of, and as many as are counted.
    fn fill(&mut self, told: &Told<'_>, at: At<'_>) {
        let set = |name: &str| told.set(at, name).unwrap_or_default();
        let (pii, open) = (set("piiFields"), set("unprotectedPiiFields"));
        let undescribed = told.set(at, "undescribedFields");
        let mut names: Vec<&str> = set("fields");
        names.extend(pii.iter().chain(&open));
        names.extend(undescribed.iter().flatten());
        names.retain(|name| !name.is_empty());
        names.sort_unstable();
        names.dedup();
        let kinds = set("piiCategories");
        let mut kinds = kinds.iter().cycle();
        for name in names {
            let mut field = Field::plain(name);
            if pii.contains(&name) || open.contains(&name) {
                let kind = kinds.next().copied().unwrap_or_default();
                field.say("pii", yaml::text(told.plausible("pii", kind)));
                let is_asked = told.is_read(at, "unprotectedPiiFields");
                if is_asked && !open.contains(&name) {
                    field.say("masking", "hash".to_owned());
                }
            }
            if undescribed.as_ref().is_some_and(|all| !all.contains(&name)) {
                field.say("description", "what it holds".to_owned());
            }
            self.fields.push(field);
        }
        // A name may be empty in a request, and stands for any.
        let is_named = pii.contains(&"") || open.contains(&"");
        if is_named && self.fields.is_empty() && at.len() == 1 {
            let mut field = Field::plain("email");
            let kind = kinds.next().copied().unwrap_or_default();
            field.say("pii", yaml::text(told.plausible("pii", kind)));
            self.fields.push(field);
        }
        let least = if at.len() == 1 { 1 } else { 0 };
        let count = told.long(at, "fieldCount");
        let count = count.filter(|count| (0..=MOST_FIELDS).contains(count));
        self.pad(count.unwrap_or(least));
        let rules = told.set(at, "qualityChecks").unwrap_or_default();
        self.check(&rules);
    }

    /// Adds fields until there are so many.
    fn pad(&mut self, count: i64) {
        for number in 1..=count {
            if i64::try_from(self.fields.len()).is_ok_and(|known| known < count) {
                self.add(Field::plain(&format!("field_{number}")));
            }
        }
    }

    /// Writes a rule of each kind that is named.
    fn check(&mut self, kinds: &[&str]) {
        let first = self
            .fields
            .first()
            .map_or("id", |field| field.name.as_str());
        let first = yaml::text(first);
        for kind in kinds {
            let rule = match *kind {
                "no_nulls" => format!("no_nulls: [{first}]"),
                "unique" => format!("unique: [{first}]"),
                "row_count" => "row_count: { min: 1 }".to_owned(),
                "range" => format!("range: {{ field: {first}, min: 0 }}"),
                "values" => format!("values: {{ field: {first}, in: [one, other] }}"),
                "pattern" => format!("pattern: {{ field: {first}, pattern: \"^.+$\" }}"),
                "sql" => "sql: { query: \"select 1\" }".to_owned(),
                "text" => "text: all rows are complete".to_owned(),
                _ => continue,
            };
            self.promise(rule);
        }
    }

    fn promise(&mut self, rule: String) {
        if !self.quality.contains(&rule) {
            self.quality.push(rule);
        }
    }

    /// Puts a field in that is the one asked about.
    pub(super) fn add(&mut self, field: Field) {
        if field.has_rule {
            self.promise(format!("no_nulls: [{}]", yaml::text(&field.name)));
        }
        self.fields.retain(|known| known.name != field.name);
        self.fields.push(field);
    }

    /// States the one dataset apart.
    pub(super) fn state_dataset(&mut self, told: &Told<'_>, at: At<'_>, as_of: Date) {
        let mut pairs = Vec::new();
        let name = names(told, at, "example").into_iter().next();
        pairs.push(("name", yaml::text(&name.unwrap_or_default())));
        for (attribute, key) in [
            ("description", "description"),
            ("physicalName", "physical_name"),
            ("classification", "classification"),
        ] {
            if let Some(value) = told.text(at, attribute) {
                pairs.push((key, yaml::text(told.plausible(attribute, value))));
            }
        }
        if let Some(class) = told.long(at, "classificationRank").and_then(class)
            && told.text(at, "classification").is_none()
        {
            pairs.push(("classification", class.to_owned()));
        }
        if let Some(tags) = told.set(at, "tags").filter(|tags| !tags.is_empty()) {
            pairs.push(("tags", yaml::list(tags)));
        }
        if let Some(notice) = deprecated(told, at, as_of) {
            pairs.push(("deprecated", notice));
        }
        let keys = told.set(at, "primaryKey").unwrap_or_default();
        let own = told.set(at, "fields").unwrap_or_default();
        for name in own.iter().chain(&keys).filter(|name| !name.is_empty()) {
            if !self.fields.iter().any(|field| field.name == **name) {
                self.fields.push(Field::plain(name));
            }
        }
        self.pad(told.long(at, "fieldCount").unwrap_or(0).min(MOST_FIELDS));
        for field in &mut self.fields {
            if keys.contains(&field.name.as_str()) {
                field.say("primary_key", "true".to_owned());
            }
        }
        let has_key = told.flag(at, "hasKey") == Some(true) && keys.is_empty();
        if let Some(field) = self.fields.first_mut().filter(|_| has_key) {
            field.say("primary_key", "true".to_owned());
        }
        self.check(&told.set(at, "qualityChecks").unwrap_or_default());
        self.dataset = Some(pairs);
    }

    pub(super) fn say(&mut self, key: &'static str, value: String) {
        self.pairs.retain(|(known, _)| *known != key);
        self.pairs.push((key, value));
    }

    /// Returns the names of the fields, the one that is asked about last.
    pub(super) fn field_names(&self) -> Vec<&str> {
        self.fields
            .iter()
            .map(|field| field.name.as_str())
            .collect()
    }

    /// Returns what is stated under a key.
    pub(super) fn stated(&self, key: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(known, _)| *known == key);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn written(&self) -> String {
        let mut text = format!("schema: {}\n", yaml::text(&self.name));
        for (key, value) in &self.pairs {
            text.push_str(&format!("{key}: {value}\n"));
        }
        let mut margin = "";
        if let Some(dataset) = &self.dataset {
            text.push_str("datasets:\n");
            for (at, (key, value)) in dataset.iter().enumerate() {
                let mark = if at == 0 { "  - " } else { "    " };
                text.push_str(&format!("{mark}{key}: {value}\n"));
            }
            margin = "    ";
        }
        if self.fields.is_empty() {
            text.push_str(&format!("{margin}fields: []\n"));
        } else {
            text.push_str(&format!("{margin}fields:\n"));
        }
        for field in &self.fields {
            text.push_str(&format!("{margin}  - {}\n", field.written()));
        }
        if !self.quality.is_empty() {
            text.push_str(&format!("{margin}quality:\n"));
        }
        for rule in &self.quality {
            text.push_str(&format!("{margin}  - {rule}\n"));
        }
        text
    }
}

/// Writes a share that is told in hundredths of a percent.
pub(super) fn percent(points: i64) -> String {
    format!("{}.{:02}%", points / 100, points % 100)
}

/// Returns names that fit what is read of a name, the best first.
pub(super) fn names(told: &Told<'_>, at: At<'_>, otherwise: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let is_plain = told.flag(at, "isSnakeCase") != Some(false);
    let shaped = |name: String| if is_plain { name } else { capitalised(&name) };
    let tokens = told.set(at, "nameTokens").unwrap_or_default();
    let tokens: Vec<&str> = tokens.into_iter().filter(|one| !one.is_empty()).collect();
    let stated = told.text(at, "name").filter(|name| !name.trim().is_empty());
    let by_tokens = (!tokens.is_empty()).then(|| tokens.join("_"));
    if told.is_read(at, "nameTokens") {
        all.extend(by_tokens.map(shaped));
        all.extend(stated.map(str::to_owned));
    } else {
        all.extend(stated.map(str::to_owned));
    }
    all.push(shaped(otherwise.to_owned()));
    all.dedup();
    all
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn version(told: &Told<'_>, at: At<'_>) -> String {
    let Some(version) = told.value(at, "version") else {
        return "1.0.0".to_owned();
    };
    written_version(version)
}

/// Writes a version that is told as numbers.
pub(super) fn written_version(version: &Value) -> String {
    let part = |name: &str| version.get(name).and_then(Value::as_i64).unwrap_or(0);
    let is_early = version.get("isPreRelease").and_then(Value::as_bool);
    let suffix = if is_early == Some(true) { "-rc.1" } else { "" };
    let [major, minor, patch] = ["major", "minor", "patch"].map(part);
    format!("{major}.{minor}.{patch}{suffix}")
}

fn scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), yaml::text)
}
