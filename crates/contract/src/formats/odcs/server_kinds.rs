//! The keys of each kind of server. Source: the official JSON Schemas; a test holds the tables
//! against them.

use super::Standard;
use super::Standard::{V30, V31, V32};
use super::check;
use super::shape::{Key, Needed, Object, Shape, always, key};
use crate::lowering::Lowering;
use crate::{NodeRef, Scalar};

/// The kinds, with the version that brought each and the keys that it knows.
pub(super) const KINDS: &[(&str, Standard, &Object)] = &[
    ("api", V30, &API),
    ("athena", V30, &ATHENA),
    ("azure", V30, &AZURE),
    ("bigquery", V30, &BIGQUERY),
    ("btrieve", V32, &BTRIEVE),
    ("clickhouse", V30, &CLICKHOUSE),
    ("cloudsql", V30, &CLOUDSQL),
    ("custom", V30, &CUSTOM),
    ("databricks", V30, &DATABRICKS),
    ("db2", V30, &DB2),
    ("denodo", V30, &DENODO),
    ("dremio", V30, &DREMIO),
    ("duckdb", V30, &DUCKDB),
    ("exasol", V32, &EXASOL),
    ("fastobjects", V32, &FASTOBJECTS),
    ("glue", V30, &GLUE),
    ("hana", V32, &HANA),
    ("hive", V31, &HIVE),
    ("iceberg", V32, &ICEBERG),
    ("impala", V31, &HIVE),
    ("informix", V30, &INFORMIX),
    ("ingres", V32, &BTRIEVE),
    ("kafka", V30, &KAFKA),
    ("kinesis", V30, &KINESIS),
    ("local", V30, &LOCAL),
    ("mysql", V30, &CLICKHOUSE),
    ("oracle", V30, &ORACLE),
    ("poet", V32, &FASTOBJECTS),
    ("postgres", V30, &CLOUDSQL),
    ("postgresql", V30, &CLOUDSQL),
    ("presto", V30, &PRESTO),
    ("pubsub", V30, &PUBSUB),
    ("redshift", V30, &REDSHIFT),
    ("s3", V30, &S3),
    ("sftp", V30, &SFTP),
    ("snowflake", V30, &SNOWFLAKE),
    ("sqlserver", V30, &SQLSERVER),
    ("synapse", V30, &CLICKHOUSE),
    ("teradata", V32, &TERADATA),
    ("trino", V30, &TRINO),
    ("vectorwise", V32, &BTRIEVE),
    ("versant", V32, &FASTOBJECTS),
    ("vertica", V30, &CLOUDSQL),
    ("zen", V31, &HIVE),
];

/// The words for the kinds.
pub(super) const WORDS: &[(&str, Standard)] = &[
    ("api", V30),
    ("athena", V30),
    ("azure", V30),
    ("bigquery", V30),
    ("btrieve", V32),
    ("clickhouse", V30),
    ("cloudsql", V30),
    ("custom", V30),
    ("databricks", V30),
    ("db2", V30),
    ("denodo", V30),
    ("dremio", V30),
    ("duckdb", V30),
    ("exasol", V32),
    ("fastobjects", V32),
    ("glue", V30),
    ("hana", V32),
    ("hive", V31),
    ("iceberg", V32),
    ("impala", V31),
    ("informix", V30),
    ("ingres", V32),
    ("kafka", V30),
    ("kinesis", V30),
    ("local", V30),
    ("mysql", V30),
    ("oracle", V30),
    ("poet", V32),
    ("postgres", V30),
    ("postgresql", V30),
    ("presto", V30),
    ("pubsub", V30),
    ("redshift", V30),
    ("s3", V30),
    ("sftp", V30),
    ("snowflake", V30),
    ("sqlserver", V30),
    ("synapse", V30),
    ("teradata", V32),
    ("trino", V30),
    ("vectorwise", V32),
    ("versant", V32),
    ("vertica", V30),
    ("zen", V31),
];

const fn server(keys: &'static [Key], required: &'static [Needed]) -> Object {
    Object {
        noun: "server",
        keys,
        required,
        is_open: false,
    }
}

const fn needed(key: &'static str, from: Standard, to: Standard) -> Needed {
    Needed { key, from, to }
}

/// A port is a number; since v3.2 it may be a text, such as a placeholder.
fn port<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    let is_text = node.scalar().and_then(Scalar::to_text).is_some();
    if !(is_text && standard >= V32) {
        check::shape(low, node, &Shape::Whole(None), standard);
    }
}

fn sftp_url<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, _: Standard) {
    if let Some(text) = check::text(low, node)
        && !text.starts_with("sftp://")
    {
        let help = "begin it with `sftp://`".to_owned();
        low.not_a(node, text, "the address of an SFTP server", help);
    }
}

/// Formats of files were a closed list in v3.0.
fn file_format<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    const WORDS: &[(&str, Standard)] = &[
        ("parquet", V30),
        ("delta", V30),
        ("json", V30),
        ("csv", V30),
    ];
    closed_in_v30(low, node, WORDS, standard);
}

/// So were delimiters.
fn delimiter<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    const WORDS: &[(&str, Standard)] = &[("new_line", V30), ("array", V30)];
    closed_in_v30(low, node, WORDS, standard);
}

fn closed_in_v30<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    words: &'static [(&'static str, Standard)],
    standard: Standard,
) {
    if standard < V31 {
        check::word(low, node, words, standard);
    } else {
        check::text(low, node);
    }
}

/// The schema of v3.0 asks for a whole number here, which later ones mend.
fn duckdb_schema<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    if standard < V31 {
        check::shape(low, node, &Shape::Whole(None), standard);
    } else {
        check::text(low, node);
    }
}

const API: Object = server(&[key("location", V30, Shape::Text)], &[always("location")]);

const ATHENA: Object = server(
    &[
        key("catalog", V30, Shape::Text),
        key("regionName", V30, Shape::Text),
        key("schema", V30, Shape::Text),
        key("stagingDir", V30, Shape::Text),
        key("workgroup", V32, Shape::Text),
    ],
    &[always("schema"), needed("stagingDir", V30, V31)],
);

const AZURE: Object = server(
    &[
        key("delimiter", V30, Shape::Check(delimiter)),
        key("encoding", V32, Shape::Text),
        key("format", V30, Shape::Check(file_format)),
        key("location", V30, Shape::Text),
    ],
    &[always("format"), always("location")],
);

const BIGQUERY: Object = server(
    &[
        key("dataset", V30, Shape::Text),
        key("project", V30, Shape::Text),
    ],
    &[always("dataset"), always("project")],
);

const BTRIEVE: Object = server(
    &[
        key("database", V32, Shape::Text),
        key("host", V32, Shape::Text),
        key("port", V32, Shape::Check(port)),
    ],
    &[needed("database", V32, V32), needed("host", V32, V32)],
);

const CLICKHOUSE: Object = server(
    &[
        key("database", V30, Shape::Text),
        key("host", V30, Shape::Text),
        key("port", V30, Shape::Check(port)),
    ],
    &[always("database"), always("host"), always("port")],
);

const CLOUDSQL: Object = server(
    &[
        key("database", V30, Shape::Text),
        key("host", V30, Shape::Text),
        key("port", V30, Shape::Check(port)),
        key("schema", V30, Shape::Text),
    ],
    &[
        always("database"),
        always("host"),
        always("port"),
        always("schema"),
    ],
);

const CUSTOM: Object = server(
    &[
        key("account", V30, Shape::Text),
        key("catalog", V30, Shape::Text),
        key("database", V30, Shape::Text),
        key("dataset", V30, Shape::Text),
        key("delimiter", V30, Shape::Text),
        key("encoding", V32, Shape::Text),
        key("endpointUrl", V30, Shape::Text),
        key("format", V30, Shape::Text),
        key("host", V30, Shape::Text),
        key("location", V30, Shape::Text),
        key("path", V30, Shape::Text),
        key("port", V30, Shape::Check(port)),
        key("project", V30, Shape::Text),
        key("region", V30, Shape::Text),
        key("regionName", V30, Shape::Text),
        key("schema", V30, Shape::Text),
        key("serviceName", V30, Shape::Text),
        key("stagingDir", V30, Shape::Text),
        key("stream", V31, Shape::Text),
        key("warehouse", V30, Shape::Text),
    ],
    &[],
);

const DATABRICKS: Object = server(
    &[
        key("catalog", V30, Shape::Text),
        key("host", V30, Shape::Text),
        key("schema", V30, Shape::Text),
    ],
    &[always("catalog"), always("schema")],
);

const DB2: Object = server(
    &[
        key("database", V30, Shape::Text),
        key("host", V30, Shape::Text),
        key("port", V30, Shape::Check(port)),
        key("schema", V30, Shape::Text),
    ],
    &[always("database"), always("host"), always("port")],
);

const DENODO: Object = server(
    &[
        key("database", V30, Shape::Text),
        key("host", V30, Shape::Text),
        key("port", V30, Shape::Check(port)),
    ],
    &[always("host"), always("port")],
);

const DREMIO: Object = server(
    &[
        key("host", V30, Shape::Text),
        key("port", V30, Shape::Check(port)),
        key("schema", V30, Shape::Text),
    ],
    &[always("host"), always("port")],
);

const DUCKDB: Object = server(
    &[
        key("database", V30, Shape::Text),
        key("schema", V30, Shape::Check(duckdb_schema)),
    ],
    &[always("database")],
);

const EXASOL: Object = server(
    &[
        key("host", V32, Shape::Text),
        key("port", V32, Shape::Check(port)),
        key("schema", V32, Shape::Text),
    ],
    &[needed("host", V32, V32)],
);

const FASTOBJECTS: Object = server(
    &[
        key("database", V32, Shape::Text),
        key("host", V32, Shape::Text),
        key("port", V32, Shape::Check(port)),
    ],
    &[needed("database", V32, V32)],
);

const GLUE: Object = server(
    &[
        key("account", V30, Shape::Text),
        key("database", V30, Shape::Text),
        key("encoding", V32, Shape::Text),
        key("format", V30, Shape::Text),
        key("location", V30, Shape::Text),
    ],
    &[always("account"), always("database")],
);

const HANA: Object = server(
    &[
        key("database", V32, Shape::Text),
        key("host", V32, Shape::Text),
        key("port", V32, Shape::Check(port)),
        key("schema", V32, Shape::Text),
    ],
    &[needed("host", V32, V32)],
);

const HIVE: Object = server(
    &[
        key("database", V31, Shape::Text),
        key("host", V31, Shape::Text),
        key("port", V31, Shape::Check(port)),
    ],
    &[needed("database", V31, V32), needed("host", V31, V32)],
);

const ICEBERG: Object = server(
    &[
        key("catalog", V32, Shape::Text),
        key("catalogUrl", V32, Shape::Text),
        key("namespace", V32, Shape::Text),
        key("warehouse", V32, Shape::Text),
    ],
    &[needed("catalog", V32, V32), needed("catalogUrl", V32, V32)],
);

const INFORMIX: Object = server(
    &[
        key("database", V30, Shape::Text),
        key("host", V30, Shape::Text),
        key("port", V30, Shape::Check(port)),
    ],
    &[always("database"), always("host")],
);

const KAFKA: Object = server(
    &[
        key("encoding", V32, Shape::Text),
        key("format", V30, Shape::Text),
        key("host", V30, Shape::Text),
    ],
    &[always("host")],
);

const KINESIS: Object = server(
    &[
        key("encoding", V32, Shape::Text),
        key("format", V30, Shape::Text),
        key("region", V30, Shape::Text),
    ],
    &[],
);

const LOCAL: Object = server(
    &[
        key("encoding", V32, Shape::Text),
        key("format", V30, Shape::Text),
        key("path", V30, Shape::Text),
    ],
    &[always("format"), always("path")],
);

const ORACLE: Object = server(
    &[
        key("host", V30, Shape::Text),
        key("port", V30, Shape::Check(port)),
        key("serviceName", V30, Shape::Text),
    ],
    &[always("host"), always("port"), always("serviceName")],
);

const PRESTO: Object = server(
    &[
        key("catalog", V30, Shape::Text),
        key("host", V30, Shape::Text),
        key("schema", V30, Shape::Text),
    ],
    &[always("host")],
);

const PUBSUB: Object = server(&[key("project", V30, Shape::Text)], &[always("project")]);

const REDSHIFT: Object = server(
    &[
        key("account", V30, Shape::Text),
        key("database", V30, Shape::Text),
        key("host", V30, Shape::Text),
        key("region", V30, Shape::Text),
        key("schema", V30, Shape::Text),
    ],
    &[always("database"), always("schema")],
);

const S3: Object = server(
    &[
        key("delimiter", V30, Shape::Check(delimiter)),
        key("encoding", V32, Shape::Text),
        key("endpointUrl", V30, Shape::Text),
        key("format", V30, Shape::Check(file_format)),
        key("location", V30, Shape::Text),
    ],
    &[always("location")],
);

const SFTP: Object = server(
    &[
        key("delimiter", V30, Shape::Check(delimiter)),
        key("encoding", V32, Shape::Text),
        key("format", V30, Shape::Check(file_format)),
        key("location", V30, Shape::Check(sftp_url)),
    ],
    &[always("location")],
);

const SNOWFLAKE: Object = server(
    &[
        key("account", V30, Shape::Text),
        key("database", V30, Shape::Text),
        key("host", V30, Shape::Text),
        key("port", V30, Shape::Check(port)),
        key("schema", V30, Shape::Text),
        key("warehouse", V30, Shape::Text),
    ],
    &[always("account"), always("database"), always("schema")],
);

const SQLSERVER: Object = server(
    &[
        key("database", V30, Shape::Text),
        key("host", V30, Shape::Text),
        key("port", V30, Shape::Check(port)),
        key("schema", V30, Shape::Text),
    ],
    &[always("database"), always("host"), always("schema")],
);

const TERADATA: Object = server(
    &[
        key("database", V32, Shape::Text),
        key("host", V32, Shape::Text),
        key("port", V32, Shape::Check(port)),
    ],
    &[needed("host", V32, V32)],
);

const TRINO: Object = server(
    &[
        key("catalog", V30, Shape::Text),
        key("host", V30, Shape::Text),
        key("port", V30, Shape::Check(port)),
        key("schema", V30, Shape::Text),
    ],
    &[
        always("catalog"),
        always("host"),
        always("port"),
        always("schema"),
    ],
);
