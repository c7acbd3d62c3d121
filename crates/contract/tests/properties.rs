//! What holds for every text, for every contract in every style, and against another reader.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod oracle;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use meshlaw_contract::lowering::to_value;
use meshlaw_contract::{Limits, Number, Value, read};
use proptest::prelude::*;
use serde_json::{Map, json};
use support::{contract, lines};

/// Runs everything that must hold for any text.
fn holds(text: &str) {
    oracle::read_yaml(text);
    oracle::parse_contract(text);
    oracle::parse_consumer(text);
    oracle::parse_term(text);
    oracle::parse_waiver(text);
    oracle::parse_odcs(text);
    oracle::locate_round_trip(text);
}

/// Documents of the standard with its keys in odd places and odd values.
fn standard_like() -> impl Strategy<Value = String> {
    let keys = prop::sample::select(vec![
        "id",
        "name",
        "version",
        "status",
        "schema",
        "properties",
        "items",
        "map",
        "key",
        "value",
        "logicalType",
        "logicalTypeOptions",
        "required",
        "quality",
        "metric",
        "mustBe",
        "mustBeBetween",
        "arguments",
        "type",
        "query",
        "relationships",
        "from",
        "to",
        "servers",
        "server",
        "team",
        "members",
        "username",
        "role",
        "slaProperties",
        "property",
        "element",
        "unit",
        "customProperties",
        "enum",
        "description",
        "deprecated",
        "exclusiveMinimum",
        "apiVersion",
        "odd",
    ]);
    let single = prop::sample::select(vec![
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "x",
        "'a.b'",
        "object",
        "array",
        "string",
        "integer",
        "sql",
        "library",
        "rowCount",
        "nullValues",
        "v3.0.2",
        "v3.2.0",
        "'#/a'",
        "schema/a/properties/b",
        "latency",
        "retention",
        "d",
        "postgres",
        "pii",
    ]);
    let leaf = single.prop_map(str::to_owned);
    let value = leaf.prop_recursive(6, 64, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::btree_map(keys.clone(), inner, 0..5).prop_map(|entries| {
                let entries = entries
                    .into_iter()
                    .map(|(key, value)| format!("{key}: {value}"));
                format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
            }),
        ]
    });
    let version = prop::sample::select(vec!["v3.0.2", "v3.1.0", "v3.2.0", "v3.9.0", "v2.2.2", "x"]);
    let part = prop::sample::select(vec![
        "schema",
        "quality",
        "servers",
        "team",
        "slaProperties",
        "customProperties",
        "description",
    ]);
    (version, prop::collection::btree_map(part, value, 0..5)).prop_map(|(version, parts)| {
        let head = format!("apiVersion: {version}\nkind: DataContract\nid: i\nversion: 1.0.0\n");
        let parts = parts
            .into_iter()
            .map(|(key, value)| format!("{key}: {value}\n"));
        head + &parts.collect::<String>()
    })
}

/// Texts made of what readers stumble over.
fn yaml_like() -> impl Strategy<Value = String> {
    let pieces = [
        "schema: s\n",
        "fields:\n",
        "- ",
        "  ",
        "name: ",
        "a",
        "type: ",
        "string",
        "{ ",
        " }",
        "[",
        "]",
        ", ",
        ": ",
        "\n",
        "\t",
        "\"",
        "'",
        "&x ",
        "*x",
        "!!str ",
        "!t ",
        "|\n",
        ">-\n",
        "#",
        "? ",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "<<: ",
        "null",
        "1.5",
        "true",
        "é",
        "😀",
        "\r\n",
        "\u{feff}",
        "\u{85}",
        "\u{2028}",
        "quality:\n",
        "no_nulls: ",
        "enum: ",
        "pattern: ",
        "deprecated: ",
        "\\",
        "@",
        "`",
        "\u{0}",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..40)
        .prop_map(|pieces| pieces.concat())
}

/// A good contract with a stretch of it replaced.
fn damaged() -> impl Strategy<Value = String> {
    let good = include_str!("../../../fixtures/founding/marketing_leads.flow.contract.yaml");
    let letters: Vec<char> = good.chars().collect();
    (0..letters.len(), 0..9usize, yaml_like()).prop_map(move |(start, length, middle)| {
        let end = (start + length).min(letters.len());
        let (before, after) = (&letters[..start], &letters[end..]);
        before
            .iter()
            .copied()
            .chain(middle.chars())
            .chain(after.iter().copied())
            .collect()
    })
}

const ODD_NAMES: [&str; 24] = [
    "null",
    "true",
    "required",
    "fields",
    "a.b",
    "__x__",
    "12",
    "1e3",
    "~",
    "no",
    "-",
    "=",
    "#",
    "2027-01-01",
    "0x1f",
    ".5",
    "[",
    "{}",
    "*a",
    "&a",
    "!a",
    "?",
    "'",
    "\"",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z][a-z_0-9]{0,8}",
        1 => "[ -~]{1,10}",
        1 => "\\PC{1,6}",
        1 => prop::sample::select(ODD_NAMES.to_vec()).prop_map(str::to_owned),
    ]
    .prop_filter("a name is not blank", |name| !name.trim().is_empty())
    .prop_filter("the YAML writer here speaks YAML 1.1", |name| {
        // It takes these for line breaks, and leaves a merge key without quotes.
        !name.contains(['\u{2028}', '\u{2029}']) && name != "<<"
    })
}

fn field(depth: u32) -> BoxedStrategy<Map<String, serde_json::Value>> {
    let scalar = prop::sample::select(vec!["string", "integer", "decimal", "date", "uuid"]);
    let plain = (
        scalar,
        any::<bool>(),
        prop::option::of(name()),
        prop::option::of(0..99u32),
    );
    let plain = plain.prop_map(|(ty, required, description, max_length)| {
        let mut field = Map::new();
        field.insert("type".to_owned(), json!(ty));
        field.insert("required".to_owned(), json!(required));
        field.extend(description.map(|text| ("description".to_owned(), json!(text))));
        field.extend(max_length.map(|length| ("max_length".to_owned(), json!(length))));
        field
    });
    if depth == 0 {
        return plain.boxed();
    }
    let object = |(key, value)| {
        let ty = if key == "fields" { "object" } else { "array" };
        Map::from_iter([("type".to_owned(), json!(ty)), (String::from(key), value)])
    };
    prop_oneof![
        4 => plain,
        1 => fields(depth - 1).prop_map(move |fields| object(("fields", json!(fields)))),
        1 => field(depth - 1).prop_map(move |items| object(("items", json!(items)))),
    ]
    .boxed()
}

fn fields(depth: u32) -> BoxedStrategy<Vec<serde_json::Value>> {
    let named = |(name, mut field): (String, Map<String, serde_json::Value>)| {
        field.insert("name".to_owned(), json!(name));
        json!(field)
    };
    prop::collection::btree_map(name(), field(depth), 1..4)
        .prop_map(move |mut fields| {
            // Of two names that differ by case only something is said.
            let mut seen = BTreeSet::new();
            fields.retain(|name, _| seen.insert(name.to_lowercase()));
            fields.into_iter().map(named).collect()
        })
        .boxed()
}

fn valid_contract() -> impl Strategy<Value = serde_json::Value> {
    let free = prop::collection::btree_map(name(), name(), 0..3);
    (
        name(),
        name(),
        fields(2),
        free,
        prop::collection::btree_set(name(), 0..3),
    )
        .prop_map(|(schema, owner, fields, properties, tags)| {
            let names: Vec<_> = fields
                .iter()
                .filter_map(|field| field.get("name"))
                .collect();
            json!({
                "schema": schema, "version": "1.2.3", "owner": owner, "tags": tags,
                "properties": properties, "sla": { "freshness": "15 minutes" },
                "quality": [{ "no_nulls": names }], "fields": fields,
            })
        })
}

/// Writes a value in flow style, with every text in single quotes.
fn flow(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => format!("'{}'", text.replace('\'', "''")),
        serde_json::Value::Array(items) => {
            format!(
                "[{}]",
                items.iter().map(flow).collect::<Vec<_>>().join(" , ")
            )
        }
        serde_json::Value::Object(entries) => {
            let entry =
                |(key, value): (&String, _)| format!("{}: {}", flow(&json!(key)), flow(value));
            format!(
                "{{ {} }}",
                entries.iter().map(entry).collect::<Vec<_>>().join(", ")
            )
        }
        other => other.to_string(),
    }
}

/// A value that YAML 1.1 and 1.2 read alike, and how it is written.
#[derive(Debug, Clone)]
enum Written {
    Plain(String),
    Single(String),
    Double(String),
    Block(String),
    Nothing,
    List(Vec<Written>, bool),
    Map(BTreeMap<String, Written>, bool),
}

fn written() -> impl Strategy<Value = Written> {
    let word = "[f-m][a-z]{1,6}( [f-m][a-z]{1,6}){0,2}";
    let leaf = prop_oneof![
        word.prop_map(Written::Plain),
        "(-?[1-9][0-9]{0,8}|0)(\\.[0-9]{1,3})?".prop_map(Written::Plain),
        prop::sample::select(vec!["true", "false", "null", "~"])
            .prop_map(|text| Written::Plain(text.to_owned())),
        "[ -~é😀]{0,12}".prop_map(Written::Single),
        "[ -~é😀\n\t]{0,12}".prop_map(Written::Double),
        "[f-m][a-z ]{0,8}[a-z](\n[f-m][a-z ]{0,8}[a-z]){0,3}".prop_map(Written::Block),
        Just(Written::Nothing),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 0..5), any::<bool>())
                .prop_map(|(items, flow)| Written::List(items, flow)),
            (
                prop::collection::btree_map("[f-m][a-z]{1,5}", inner, 0..5),
                any::<bool>()
            )
                .prop_map(|(entries, flow)| Written::Map(entries, flow)),
        ]
    })
}

impl Written {
    fn flow(&self) -> String {
        match self {
            Written::Plain(text) => text.clone(),
            Written::Single(text) => format!("'{}'", text.replace('\'', "''")),
            Written::Double(text) | Written::Block(text) => json!(text).to_string(),
            Written::Nothing => "~".to_owned(),
            Written::List(items, _) => {
                format!(
                    "[{}]",
                    items
                        .iter()
                        .map(Written::flow)
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            }
            Written::Map(entries, _) => {
                let entry = |(key, value): (&String, &Written)| format!("{key}: {}", value.flow());
                format!(
                    "{{{}}}",
                    entries.iter().map(entry).collect::<Vec<_>>().join(", ")
                )
            }
        }
    }

    /// Writes what follows a `key:` or `-`, with the line end.
    fn block(&self, indent: usize) -> String {
        let pad = " ".repeat(indent);
        match self {
            Written::Nothing => "\n".to_owned(),
            Written::Block(text) => {
                let lines: String = text.lines().map(|line| format!("{pad}{line}\n")).collect();
                format!(" |-  # as it is\n{lines}")
            }
            Written::List(items, false) if !items.is_empty() => {
                let item = |item: &Written| format!("{pad}-{}", item.block(indent + 2));
                format!("  # a list\n{}", items.iter().map(item).collect::<String>())
            }
            Written::Map(entries, false) if !entries.is_empty() => {
                let entry = |(key, value): (&String, &Written)| {
                    format!("{pad}{key}:{}", value.block(indent + 2))
                };
                format!("\n\n{}", entries.iter().map(entry).collect::<String>())
            }
            other => format!(" {}\n", other.flow()),
        }
    }
}

fn from_serde(value: &serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(value) => Value::Boolean(*value),
        serde_yaml::Value::Number(number) => {
            Value::Number(Number::parse(&number.to_string()).expect("a number"))
        }
        serde_yaml::Value::String(text) => Value::Text(text.clone()),
        serde_yaml::Value::Sequence(items) => Value::List(items.iter().map(from_serde).collect()),
        serde_yaml::Value::Mapping(entries) => {
            let entry = |(key, value): (&serde_yaml::Value, _)| {
                (key.as_str().expect("a text").to_owned(), from_serde(value))
            };
            Value::Map(entries.iter().map(entry).collect())
        }
        serde_yaml::Value::Tagged(tagged) => from_serde(&tagged.value),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn contracts_of_the_standard_with_odd_values_hold(text in standard_like()) {
        oracle::parse_odcs(&text);
    }

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        holds(&text);
    }

    #[test]
    fn texts_like_yaml_are_survived(text in yaml_like()) {
        holds(&text);
    }

    #[test]
    fn damaged_contracts_are_survived(text in damaged()) {
        holds(&text);
    }

    #[test]
    fn a_contract_means_the_same_in_every_style(value in valid_contract()) {
        let compact = value.to_string();
        let model = contract(&compact).value;
        let pretty = serde_json::to_string_pretty(&value).expect("JSON");
        let block = serde_yaml::to_string(&value).expect("YAML");
        let tabs = pretty.replace("\n  ", "\n\t").replace('\n', "\r\n");
        for text in [compact, pretty, tabs, block, flow(&value)] {
            let parsed = contract(&text);
            prop_assert_eq!(lines(&parsed.problems), Vec::<String>::new(), "{}", text);
            prop_assert_eq!(&parsed.value, &model, "{}", text);
            oracle::locate_round_trip(&text);
        }
    }

    #[test]
    fn both_readers_agree(value in written(), is_block in any::<bool>()) {
        let text = if is_block { format!("value:{}", value.block(2)) } else { value.flow() };
        let expected = from_serde(&serde_yaml::from_str(&text).expect("YAML"));
        let documents = read(&text, &Limits::default());
        prop_assert_eq!(&documents[0].1, &[], "{}", text);
        let value = to_value(documents[0].0.root().expect("a root"));
        prop_assert_eq!(value, expected, "{}", text);
    }
}
