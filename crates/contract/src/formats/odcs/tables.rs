//! The keys of the standard, by mapping. Source: the official JSON Schemas of v3.0.2, v3.1.0 and
//! v3.2.0; a test holds the tables against them.

use super::Standard::{V30, V31, V32};
use super::property::properties;
use super::relationship::relationships;
use super::rule::quality;
use super::server::servers;
use super::shape::{Key, Needed, Object, Shape, always, key, renamed};
use super::team::team;

const TEXTS: Shape = Shape::List(&Shape::Text);
const DEFINITIONS: Key = key(
    "authoritativeDefinitions",
    V30,
    Shape::List(&DEFINITION_SHAPE),
);
const DEFINITION_SHAPE: Shape = Shape::Object(&DEFINITION);
/// Free keys of any part.
pub const CUSTOM: Key = renamed("customProperties", "properties", V30, CUSTOM_LIST);
const CUSTOM_LIST: Shape = Shape::Named(&CUSTOM_PROPERTY, "property");
const ID: Key = key("id", V31, Shape::StableId);

/// A contract.
pub const CONTRACT: Object = Object {
    noun: "contract",
    keys: &[
        key("apiVersion", V30, Shape::Text),
        DEFINITIONS,
        key("context", V32, Shape::Check(context)),
        key("contractCreatedTs", V30, Shape::Moment),
        CUSTOM,
        renamed("dataProduct", "product", V30, Shape::Text),
        key("description", V30, Shape::Object(&DESCRIPTION)),
        key("domain", V30, Shape::Text),
        key("id", V30, Shape::Text),
        key("kind", V30, Shape::Words(&[("DataContract", V30)])),
        renamed("name", "schema", V30, Shape::Text),
        key("price", V30, Shape::Object(&PRICE)),
        key("roles", V30, Shape::Named(&ROLE, "role")),
        renamed("schema", "datasets", V30, Shape::Named(&DATASET, "name")),
        key("servers", V30, Shape::Check(servers)),
        key("slaDefaultElement", V30, Shape::Text),
        renamed("slaProperties", "sla", V30, Shape::Named(&SLA, "property")),
        key("status", V30, Shape::Text),
        key("support", V30, Shape::Named(&SUPPORT, "channel")),
        key("tags", V30, TEXTS),
        key("team", V30, Shape::Check(team)),
        key("tenant", V30, Shape::Text),
        key("version", V30, Shape::Text),
    ],
    required: &[
        always("apiVersion"),
        always("id"),
        always("kind"),
        always("version"),
        Needed {
            key: "status",
            from: V30,
            to: V31,
        },
    ],
    is_open: false,
};

const DESCRIPTION: Object = Object {
    noun: "description",
    keys: &[
        DEFINITIONS,
        CUSTOM,
        key("limitations", V30, Shape::Text),
        key("purpose", V30, Shape::Text),
        key("usage", V30, Shape::Text),
    ],
    required: &[],
    is_open: true,
};

/// A schema object: a dataset of the contract.
pub const DATASET: Object = Object {
    noun: "schema object",
    keys: &[
        DEFINITIONS,
        key("businessName", V30, Shape::Text),
        key("context", V32, Shape::Check(context)),
        CUSTOM,
        key("dataGranularityDescription", V30, Shape::Text),
        key("deprecated", V32, Shape::Flag),
        key("description", V30, Shape::Text),
        ID,
        key(
            "logicalType",
            V30,
            Shape::Words(&[("object", V30), ("blob", V32)]),
        ),
        key("name", V30, Shape::Text),
        renamed("physicalName", "physical_name", V30, Shape::Text),
        key("physicalType", V30, Shape::Text),
        renamed("properties", "fields", V30, Shape::Check(properties)),
        key("quality", V30, Shape::Check(quality)),
        key("relationships", V31, Shape::Check(relationships)),
        key("synonyms", V32, Shape::Named(&SYNONYM, "synonym")),
        key("tags", V30, TEXTS),
    ],
    required: &[always("name")],
    is_open: false,
};

/// The logical types of a property.
pub const TYPES: &[(&str, super::Standard)] = &[
    ("string", V30),
    ("date", V30),
    ("timestamp", V31),
    ("time", V31),
    ("number", V30),
    ("integer", V30),
    ("object", V30),
    ("array", V30),
    ("boolean", V30),
    ("map", V32),
    ("vector", V32),
];

/// A property: a field of a dataset, but for what nests in it.
pub const PROPERTY: Object = Object {
    noun: "property",
    keys: &[
        DEFINITIONS,
        key("businessName", V30, Shape::Text),
        key("classification", V30, Shape::Text),
        renamed("criticalDataElement", "critical", V30, Shape::Flag),
        CUSTOM,
        key("deprecated", V32, Shape::Flag),
        key("description", V30, Shape::Text),
        key("encryptedName", V30, Shape::Text),
        key("enum", V32, Shape::Check(super::property::enumeration)),
        key("examples", V30, Shape::List(&Shape::Any)),
        ID,
        renamed("logicalType", "type", V30, Shape::Words(TYPES)),
        key("name", V30, Shape::Text),
        key("partitionKeyPosition", V30, Shape::Whole(None)),
        key("partitioned", V30, Shape::Flag),
        renamed("physicalName", "physical_name", V30, Shape::Text),
        renamed("physicalType", "physical_type", V30, Shape::Text),
        renamed("primaryKey", "primary_key", V30, Shape::Flag),
        key("primaryKeyPosition", V30, Shape::Whole(None)),
        key("quality", V30, Shape::Check(quality)),
        renamed(
            "relationships",
            "references",
            V31,
            Shape::Check(relationships),
        ),
        key("required", V30, Shape::Flag),
        key(
            "semanticType",
            V32,
            Shape::Words(&[("column", V32), ("measure", V32), ("dimension", V32)]),
        ),
        key("synonyms", V32, Shape::Named(&SYNONYM, "synonym")),
        key("tags", V30, TEXTS),
        key("transformDescription", V30, Shape::Text),
        key("transformLogic", V30, Shape::Text),
        key("transformSourceObjects", V30, TEXTS),
        key("unique", V30, Shape::Flag),
    ],
    required: &[],
    is_open: false,
};

/// A value of a closed list.
pub const ENUM_VALUE: Object = Object {
    noun: "enum value",
    keys: &[
        DEFINITIONS,
        CUSTOM,
        key("description", V32, Shape::Text),
        key("id", V32, Shape::StableId),
        key("label", V32, Shape::Text),
        key("tags", V32, TEXTS),
        key("value", V32, Shape::Single),
    ],
    required: &[always("value")],
    is_open: false,
};

const SYNONYM: Object = Object {
    noun: "synonym",
    keys: &[
        CUSTOM,
        key("description", V32, Shape::Text),
        key("id", V32, Shape::StableId),
        key("locale", V32, Shape::Text),
        key("source", V32, Shape::Text),
        key("status", V32, Shape::Text),
        key("synonym", V32, Shape::Text),
    ],
    required: &[always("synonym")],
    is_open: false,
};

const DEFINITION: Object = Object {
    noun: "authoritative definition",
    keys: &[
        key("description", V31, Shape::Text),
        ID,
        key("type", V30, Shape::Text),
        key("url", V30, Shape::Text),
    ],
    required: &[always("type"), always("url")],
    is_open: false,
};

const CUSTOM_PROPERTY: Object = Object {
    noun: "custom property",
    keys: &[
        key("description", V31, Shape::Text),
        ID,
        key("property", V30, Shape::Text),
        key("value", V30, Shape::Any),
        key("vendor", V32, Shape::Text),
    ],
    required: &[always("property"), always("value")],
    is_open: false,
};

/// A role that grants access.
pub const ROLE: Object = Object {
    noun: "role",
    keys: &[
        key("access", V30, Shape::Text),
        CUSTOM,
        key("description", V30, Shape::Text),
        key("firstLevelApprovers", V30, Shape::Text),
        ID,
        key("role", V30, Shape::Text),
        key("secondLevelApprovers", V30, Shape::Text),
    ],
    required: &[always("role")],
    is_open: false,
};

const PRICE: Object = Object {
    noun: "price",
    keys: &[
        ID,
        key("priceAmount", V30, Shape::Number),
        key("priceCurrency", V30, Shape::Text),
        key("priceUnit", V30, Shape::Text),
    ],
    required: &[],
    is_open: false,
};

const SUPPORT: Object = Object {
    noun: "support channel",
    keys: &[
        key("channel", V30, Shape::Text),
        key("customProperties", V31, CUSTOM_LIST),
        key("description", V30, Shape::Text),
        ID,
        key("invitationUrl", V30, Shape::Text),
        key("scope", V30, Shape::Text),
        key("tool", V30, Shape::Text),
        key("url", V30, Shape::Text),
    ],
    required: &[
        always("channel"),
        Needed {
            key: "url",
            from: V30,
            to: V30,
        },
    ],
    is_open: false,
};

const SLA: Object = Object {
    noun: "service level property",
    keys: &[
        key(
            "authoritativeDefinitions",
            V32,
            Shape::List(&DEFINITION_SHAPE),
        ),
        key("customProperties", V32, CUSTOM_LIST),
        key("description", V31, Shape::Text),
        key("driver", V30, Shape::Text),
        key("element", V30, Shape::Text),
        ID,
        key("property", V30, Shape::Text),
        key("schedule", V31, Shape::Text),
        key("scheduler", V31, Shape::Text),
        key("unit", V30, Shape::Text),
        key("value", V30, Shape::Single),
        key("valueExt", V30, Shape::Single),
    ],
    required: &[always("property"), always("value")],
    is_open: false,
};

/// A team.
pub const TEAM: Object = Object {
    noun: "team",
    keys: &[
        DEFINITIONS,
        CUSTOM,
        key("description", V31, Shape::Text),
        ID,
        key("members", V31, Shape::Named(&MEMBER, "username")),
        key("name", V31, Shape::Text),
        key("tags", V31, TEXTS),
    ],
    required: &[],
    is_open: false,
};

/// Somebody on a team.
pub const MEMBER: Object = Object {
    noun: "team member",
    keys: &[
        key(
            "authoritativeDefinitions",
            V31,
            Shape::List(&DEFINITION_SHAPE),
        ),
        key("customProperties", V31, CUSTOM_LIST),
        key("dateIn", V30, Shape::Day),
        key("dateOut", V30, Shape::Day),
        key("description", V30, Shape::Text),
        ID,
        key("name", V30, Shape::Text),
        key("replacedByUsername", V30, Shape::Text),
        key("role", V30, Shape::Text),
        key("tags", V31, TEXTS),
        key("username", V30, Shape::Text),
    ],
    required: &[Needed {
        key: "username",
        from: V31,
        to: V32,
    }],
    is_open: false,
};

/// A quality rule, but for what its type asks for.
pub const RULE: Object = Object {
    noun: "quality rule",
    keys: &[
        DEFINITIONS,
        key("businessImpact", V30, Shape::Text),
        CUSTOM,
        key("description", V30, Shape::Text),
        key(
            "dimension",
            V30,
            Shape::Words(&[
                ("accuracy", V30),
                ("completeness", V30),
                ("conformity", V30),
                ("consistency", V30),
                ("coverage", V30),
                ("timeliness", V30),
                ("uniqueness", V30),
            ]),
        ),
        ID,
        key("method", V30, Shape::Text),
        key("name", V30, Shape::Text),
        key("schedule", V30, Shape::Text),
        key("scheduler", V30, Shape::Text),
        key("severity", V30, Shape::Text),
        key("tags", V30, TEXTS),
        key(
            "type",
            V30,
            Shape::Words(&[
                ("text", V30),
                ("library", V30),
                ("sql", V30),
                ("custom", V30),
            ]),
        ),
        key("unit", V30, Shape::Text),
    ],
    required: &[],
    is_open: false,
};

/// A relationship.
pub const RELATIONSHIP: Object = Object {
    noun: "relationship",
    keys: &[
        CUSTOM,
        key("from", V31, Shape::Any),
        key("id", V32, Shape::Text),
        key("to", V31, Shape::Any),
        key("type", V31, Shape::Words(&[("foreignKey", V31)])),
    ],
    required: &[],
    is_open: false,
};

const CONTEXT: Object = Object {
    noun: "context",
    keys: &[
        key("constraints", V32, Shape::List(&Shape::Object(&CONSTRAINT))),
        key("instructions", V32, Shape::Text),
        key(
            "verifiedStatements",
            V32,
            Shape::List(&Shape::Object(&STATEMENT)),
        ),
    ],
    required: &[],
    is_open: false,
};

const CONSTRAINT: Object = Object {
    noun: "constraint",
    keys: &[
        DEFINITIONS,
        key("constraint", V32, Shape::Text),
        CUSTOM,
        key("id", V32, Shape::Text),
        key("tags", V32, TEXTS),
    ],
    required: &[always("constraint")],
    is_open: false,
};

const STATEMENT: Object = Object {
    noun: "verified statement",
    keys: &[
        key("answer", V32, Shape::Text),
        DEFINITIONS,
        CUSTOM,
        key("id", V32, Shape::Text),
        key("question", V32, Shape::Text),
        key("tags", V32, TEXTS),
    ],
    required: &[always("question")],
    is_open: false,
};

/// Checks a context: a text, or a mapping.
fn context<'d>(
    low: &mut crate::lowering::Lowering<'d>,
    node: crate::NodeRef<'d>,
    standard: super::Standard,
) {
    let is_text = node.scalar().and_then(crate::Scalar::to_text).is_some();
    if !is_text {
        super::check::object(low, node, &CONTEXT, standard);
    }
}
