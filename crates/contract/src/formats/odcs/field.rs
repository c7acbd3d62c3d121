//! Properties of the standard in, fields of the model out.

use std::collections::BTreeSet;

use super::custom::{Customs, text};
use super::definition;
use super::relationship;
use super::rule;
use super::words::Words;
use crate::lowering::{Lowering, to_value};
use crate::model::{
    Bound, Details, Field, Particulars, QualityRule, Scalar as ScalarType, Type, option,
};
use crate::problem::quoted;
use crate::{NodeRef, Number, ProblemId, Scalar, Value, View};

/// Options that the model has no attribute of its own for.
const OPTIONS: &[(&str, &str)] = &[
    ("defaultTimezone", option::DEFAULT_TIMEZONE),
    ("dimensions", option::DIMENSIONS),
    ("distanceMetric", option::DISTANCE_METRIC),
    ("elementType", option::ELEMENT_TYPE),
    ("embeddingModel", option::EMBEDDING_MODEL),
    ("embeddingModelVersion", option::EMBEDDING_MODEL_VERSION),
    ("maxItems", option::MAX_ITEMS),
    ("maxProperties", option::MAX_PROPERTIES),
    ("minItems", option::MIN_ITEMS),
    ("minProperties", option::MIN_PROPERTIES),
    ("multipleOf", option::MULTIPLE_OF),
    ("normalized", option::NORMALIZED),
    ("timezone", option::TIMEZONE),
    ("uniqueItems", option::UNIQUE_ITEMS),
];

/// Keys that the model has no attribute of its own for.
const DETAILS: &[&str] = &[
    "authoritativeDefinitions",
    "businessName",
    "encryptedName",
    "partitionKeyPosition",
    "partitioned",
    "primaryKeyPosition",
    "semanticType",
    "synonyms",
    "transformDescription",
    "transformLogic",
    "transformSourceObjects",
];

/// Reads properties on the way down through a dataset.
pub(super) struct Fields<'r, 'd> {
    pub(super) low: &'r mut Lowering<'d>,
    pub(super) words: &'r Words,
    /// The rules that properties state, for their dataset.
    pub(super) rules: Vec<QualityRule>,
    path: Vec<&'d str>,
}

impl<'r, 'd> Fields<'r, 'd> {
    pub(super) fn new(low: &'r mut Lowering<'d>, words: &'r Words) -> Self {
        Self {
            low,
            words,
            rules: Vec::new(),
            path: Vec::new(),
        }
    }

    /// Reads a list of properties; those without a name are left out.
    pub(super) fn list(&mut self, node: NodeRef<'d>) -> Vec<Field> {
        let View::Sequence(items) = node.view() else {
            return Vec::new();
        };
        let mut fields = Vec::new();
        let mut seen = BTreeSet::new();
        for item in items {
            let Some(name) = item.get("name").and_then(|node| node.scalar()?.to_text()) else {
                continue;
            };
            // Of two that bear one name, neither is compared; the first stands for both.
            if !seen.insert(name) {
                continue;
            }
            self.path.push(name);
            let field = self.named(name, item);
            self.path.pop();
            fields.push(field);
        }
        fields
    }

    fn named(&mut self, name: &'d str, node: NodeRef<'d>) -> Field {
        let mut field = self.field(node);
        name.clone_into(&mut field.name);
        field
    }

    fn element(&mut self, name: &'static str, node: NodeRef<'d>) -> Box<Field> {
        self.path.push(name);
        let mut field = self.field(node);
        name.clone_into(&mut field.name);
        self.path.pop();
        Box::new(field)
    }

    fn field(&mut self, node: NodeRef<'d>) -> Field {
        let get = |key: &str| node.get(key).and_then(text);
        let flag = |key: &str| {
            let value = node.get(key).and_then(|node| node.scalar()?.to_bool());
            value.unwrap_or_default()
        };
        let mut customs = Customs::of(node);
        let classification = self.classification(node, &mut customs);
        let mut field = Field::from(Particulars {
            id: get("id"),
            physical_name: get("physicalName"),
            physical_type: get("physicalType"),
            allowed: node.get("enum").and_then(allowed),
            tags: super::contract::tags(node),
            examples: node.get("examples").map(list).unwrap_or_default(),
            deprecated: customs.deprecation(flag("deprecated")).map(Box::new),
            pii: customs.take("pii", pii),
            masking: customs.text("masking"),
            term: customs.text("term").or_else(|| definition::term(node)),
            unit: customs.text("unit"),
            renamed_from: customs.text("renamed_from"),
            precision: customs.take("precision", count),
            scale: customs.take("scale", count),
            ..Particulars::default()
        });
        field.description = get("description");
        field.required = flag("required");
        field.primary_key = flag("primaryKey");
        field.unique = flag("unique");
        field.is_critical = flag("criticalDataElement");
        let encrypted = customs.take("encrypted", |node| node.scalar()?.to_bool());
        field.encrypted = encrypted.unwrap_or_default();
        field.classification = classification;
        self.unknown_classification(node, &mut field);
        self.options(node, &mut field);
        self.ty(node, &mut field);
        references(node, &mut field);
        details(node, &mut field.details);
        if let Some(rules) = node.get("quality") {
            let path = self.path.clone();
            self.rules
                .extend(rule::read(self.low, rules, &path, self.words));
        }
        field.properties = customs.properties();
        field
    }

    fn classification(
        &self,
        node: NodeRef<'d>,
        customs: &mut Customs<'d>,
    ) -> Option<crate::model::Classification> {
        let stated = node.get("classification").and_then(text);
        match stated {
            Some(text) => self.words.classification_of(&text),
            None => customs.take("classification", |node| {
                self.words.classification_of(node.text()?)
            }),
        }
    }

    /// Says so where a classification means nothing to the organisation, and keeps the word.
    fn unknown_classification(&mut self, node: NodeRef<'d>, field: &mut Field) {
        let stated = node.get("classification");
        if let (Some(stated), None) = (stated, field.classification)
            && let Some(word) = text(stated)
        {
            let message = format!(
                "nobody said what the classification {} means",
                quoted(&word)
            );
            let known = ["public", "internal", "confidential", "restricted"];
            let help = self.words.way_out(&word, &known, Some("classification"));
            self.low
                .doubt(ProblemId::UnknownWord, stated.span(), message, help);
            field.details.insert("classification", Value::Text(word));
        }
    }

    fn options(&mut self, node: NodeRef<'d>, field: &mut Particulars) {
        let Some(options) = node.get("logicalTypeOptions") else {
            return;
        };
        let View::Mapping(entries) = options.view() else {
            return;
        };
        let (mut least, mut greatest) = (None, None);
        for (key, value) in entries {
            match key.text().unwrap_or_default() {
                "minLength" => field.min_length = count(value),
                "maxLength" => field.max_length = count(value),
                "pattern" => field.pattern = text(value),
                "format" => field.format = text(value),
                "minimum" => field.min = bound(value).or(field.min.take()),
                "maximum" => field.max = bound(value).or(field.max.take()),
                "required" => {}
                "exclusiveMinimum" => least = Some(value),
                "exclusiveMaximum" => greatest = Some(value),
                word => {
                    let known = OPTIONS.iter().find(|(option, _)| *option == word);
                    if let Some((_, key)) = known {
                        field.details.insert(key, to_value(value));
                    }
                }
            }
        }
        field.above = self::open(
            least,
            option::EXCLUSIVE_MINIMUM,
            &mut field.min,
            &mut field.details,
        );
        field.below = self::open(
            greatest,
            option::EXCLUSIVE_MAXIMUM,
            &mut field.max,
            &mut field.details,
        );
    }

    fn ty(&mut self, node: NodeRef<'d>, field: &mut Field) {
        let word = node.get("logicalType").and_then(NodeRef::text);
        let format = field.format.as_deref();
        let nested = node.get("properties");
        field.ty = match word {
            Some("string") => Type::Scalar(ScalarType::String),
            Some("date") => Type::Scalar(ScalarType::Date),
            Some("timestamp") => Type::Scalar(ScalarType::Timestamp),
            Some("time") => Type::Scalar(ScalarType::Time),
            Some("boolean") => Type::Scalar(ScalarType::Boolean),
            Some("number") => Type::Scalar(ScalarType::Number),
            // The standard's integers have no width of their own; the format gives one.
            Some("integer") if matches!(format, Some("i64" | "u32" | "u64" | "i128" | "u128")) => {
                Type::Scalar(ScalarType::Long)
            }
            Some("integer") => Type::Scalar(ScalarType::Integer),
            Some("array") => {
                Type::Array(node.get("items").map(|inner| self.element("items", inner)))
            }
            Some("map") => {
                let inner = |key: &str| node.get("map").and_then(|map| map.get(key));
                Type::Map {
                    keys: inner("key").map(|inner| self.element("keys", inner)),
                    values: inner("value").map(|inner| self.element("values", inner)),
                }
            }
            Some("vector") => Type::Opaque("vector".to_owned()),
            Some("object") => Type::Object(self.children(node)),
            _ if nested.is_some() => Type::Object(self.children(node)),
            None if node.get("items").is_some() => {
                Type::Array(node.get("items").map(|inner| self.element("items", inner)))
            }
            _ => Type::Unstated,
        };
    }

    /// Reads what nests in an object; its options may say which of them are required.
    fn children(&mut self, node: NodeRef<'d>) -> Vec<Field> {
        let mut fields = node
            .get("properties")
            .map(|list| self.list(list))
            .unwrap_or_default();
        let required = node
            .get("logicalTypeOptions")
            .and_then(|options| options.get("required"));
        if let Some(View::Sequence(names)) = required.map(NodeRef::view) {
            for name in names.filter_map(NodeRef::text) {
                for field in fields.iter_mut().filter(|field| field.name == name) {
                    field.required = true;
                }
            }
        }
        fields
    }
}

fn references(node: NodeRef<'_>, field: &mut Particulars) {
    let Some(View::Sequence(items)) = node.get("relationships").map(NodeRef::view) else {
        return;
    };
    let mut rest = Vec::new();
    for item in items {
        let target = relationship::target(item);
        let is_first = field.references.is_none() && target.is_some();
        if is_first {
            field.references = target.map(Box::new);
        }
        if !is_first || relationship::says_more(item) {
            rest.push(to_value(item));
        }
    }
    if !rest.is_empty() {
        field.details.insert("relationships", Value::List(rest));
    }
}

fn details(node: NodeRef<'_>, details: &mut Details) {
    for key in DETAILS {
        if let Some(value) = node.get(key) {
            details.insert(key, to_value(value));
        }
    }
    // Labels and the like stand beside the values.
    if let Some(View::Sequence(items)) = node.get("enum").map(NodeRef::view) {
        let items: Vec<Value> = items.map(to_value).collect();
        let says_more = |item: &Value| matches!(item, Value::Map(entries) if entries.len() > 1);
        if items.iter().any(says_more) {
            details.insert("enum", Value::List(items));
        }
    }
}

fn allowed(node: NodeRef<'_>) -> Option<Vec<Value>> {
    let View::Sequence(items) = node.view() else {
        return None;
    };
    let mut values: Vec<Value> = Vec::new();
    for value in items.filter_map(|item| item.get("value").map(to_value)) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Some(values)
}

fn list(node: NodeRef<'_>) -> Vec<Value> {
    node.items().map(to_value).collect()
}

/// Organisations mark personal data with `true`, or with its category.
fn pii(node: NodeRef<'_>) -> Option<String> {
    match node.scalar()?.to_bool() {
        Some(true) => Some("personal".to_owned()),
        Some(false) => None,
        None => text(node),
    }
}

fn count(node: NodeRef<'_>) -> Option<u64> {
    let number = node.scalar().and_then(Scalar::to_number)?;
    u64::try_from(number.to_i64()?).ok()
}

/// Reads a bound that is left out itself: a bound of its own, or up to version 3.0 of the standard
/// a flag beside the bound. A flag without a bound is kept as it is.
fn open(
    node: Option<NodeRef<'_>>,
    key: &'static str,
    bound: &mut Option<Box<Bound>>,
    details: &mut Details,
) -> Option<Box<Bound>> {
    let node = node?;
    let flag = node.scalar().and_then(Scalar::to_bool);
    if flag == Some(true) && bound.is_some() {
        return bound.take();
    }
    if flag.is_some() {
        details.insert(key, to_value(node));
        return None;
    }
    self::bound(node)
}

fn bound(node: NodeRef<'_>) -> Option<Box<Bound>> {
    let number: Option<Number> = node.scalar().and_then(Scalar::to_number);
    let bound = number.map(Bound::Number);
    let bound = bound.or_else(|| text(node).map(Bound::Moment));
    bound.map(Box::new)
}
