use super::*;
use Dialect::{
    Avro, BigQuery, DuckDb, Generic, MySql, Oracle, PostgreSql, Redshift, Snowflake, Spark,
    SqlServer, Trino,
};
use Motion::{Added, Changed, Loosened, Removed, Restated, Tightened, Unclear};

/// Dialect, one type, another, how it moves there, and how back.
const PAIRS: &[(Dialect, &str, &str, Motion, Motion)] = &[
    (Generic, "varchar(10)", "varchar(20)", Loosened, Tightened),
    (Generic, "varchar(10)", "varchar", Loosened, Tightened),
    (Generic, "bigint", "int8", Restated, Restated),
    (Generic, "int", "bigint", Loosened, Tightened),
    (Generic, "int", "varchar", Changed, Changed),
    (
        Generic,
        "decimal(10,2)",
        "numeric(10, 2)",
        Restated,
        Restated,
    ),
    (
        Generic,
        "decimal(10,2)",
        "decimal(12,2)",
        Loosened,
        Tightened,
    ),
    (
        Generic,
        "decimal(10,2)",
        "decimal(12,4)",
        Loosened,
        Tightened,
    ),
    (Generic, "decimal(10,2)", "decimal(10,4)", Changed, Changed),
    (Generic, "timestamp", "timestamptz", Changed, Changed),
    (Generic, "timestamp(3)", "timestamp(6)", Loosened, Tightened),
    (Generic, "my_type", "other_type", Unclear, Unclear),
    (Generic, "int", "my_type", Unclear, Unclear),
    (Generic, "int", "int not null", Tightened, Loosened),
    (Generic, "int[]", "array<int>", Restated, Restated),
    (Generic, "int[]", "bigint[]", Loosened, Tightened),
    (Generic, "date", "timestamp", Changed, Changed),
    (Generic, "smallint", "float", Loosened, Tightened),
    (Generic, "bigint", "double", Changed, Changed),
    (Generic, "int", "decimal(10,0)", Loosened, Tightened),
    (Generic, "int", "decimal(9,0)", Tightened, Loosened),
    (Generic, "uuid", "varchar(36)", Changed, Changed),
    (Generic, "char(3)", "varchar(3)", Loosened, Tightened),
    (Avro, "int", "long", Loosened, Tightened),
    (
        Avro,
        "timestamp-millis",
        "timestamp-micros",
        Changed,
        Changed,
    ),
    (Avro, "decimal(9, 2)", "decimal(10, 2)", Changed, Changed),
    (Avro, "long", "timestamp-millis", Changed, Changed),
    (BigQuery, "INT64", "INTEGER", Restated, Restated),
    (BigQuery, "NUMERIC", "BIGNUMERIC", Loosened, Tightened),
    (BigQuery, "STRING(10)", "STRING", Loosened, Tightened),
    (BigQuery, "DATETIME", "TIMESTAMP", Changed, Changed),
    (BigQuery, "FLOAT64", "FLOAT", Restated, Restated),
    (DuckDb, "varchar(10)", "text", Restated, Restated),
    (DuckDb, "UINTEGER", "BIGINT", Loosened, Tightened),
    (DuckDb, "HUGEINT", "BIGINT", Tightened, Loosened),
    (
        DuckDb,
        "ENUM('a', 'b')",
        "ENUM('a', 'b', 'c')",
        Loosened,
        Tightened,
    ),
    (DuckDb, "ENUM('a', 'b')", "VARCHAR", Loosened, Tightened),
    (MySql, "tinyint(1)", "boolean", Restated, Restated),
    (MySql, "tinyint(4)", "int(11)", Loosened, Tightened),
    (MySql, "int unsigned", "int", Changed, Changed),
    (MySql, "int unsigned", "bigint", Loosened, Tightened),
    (MySql, "datetime", "timestamp", Changed, Changed),
    (MySql, "text", "longtext", Loosened, Tightened),
    (MySql, "double", "real", Restated, Restated),
    (Oracle, "NUMBER", "NUMBER(10)", Tightened, Loosened),
    (Oracle, "NUMBER(10)", "NUMBER(10,0)", Restated, Restated),
    (Oracle, "INTEGER", "NUMBER(38)", Restated, Restated),
    (
        Oracle,
        "VARCHAR2(10 BYTE)",
        "VARCHAR2(10 CHAR)",
        Loosened,
        Tightened,
    ),
    (
        Oracle,
        "VARCHAR2(10)",
        "VARCHAR2(10 BYTE)",
        Restated,
        Restated,
    ),
    (Oracle, "DATE", "TIMESTAMP(0)", Restated, Restated),
    (Oracle, "DATE", "TIMESTAMP", Loosened, Tightened),
    (
        PostgreSql,
        "timestamp with time zone",
        "timestamptz",
        Restated,
        Restated,
    ),
    (PostgreSql, "double precision", "float8", Restated, Restated),
    (PostgreSql, "float", "double precision", Restated, Restated),
    (PostgreSql, "float(24)", "real", Restated, Restated),
    (PostgreSql, "serial", "integer", Restated, Restated),
    (
        PostgreSql,
        "character varying(20)",
        "text",
        Loosened,
        Tightened,
    ),
    (PostgreSql, "json", "jsonb", Unclear, Unclear),
    (PostgreSql, "numeric", "numeric(10,2)", Tightened, Loosened),
    (Redshift, "varchar", "varchar(256)", Restated, Restated),
    (Redshift, "text", "varchar(65535)", Loosened, Tightened),
    (Redshift, "decimal", "decimal(18,0)", Restated, Restated),
    (Snowflake, "INT", "NUMBER(38, 0)", Restated, Restated),
    (Snowflake, "BIGINT", "TINYINT", Restated, Restated),
    (Snowflake, "STRING", "VARCHAR", Restated, Restated),
    (
        Snowflake,
        "NUMBER(10,2)",
        "NUMBER(12,2)",
        Loosened,
        Tightened,
    ),
    (
        Snowflake,
        "TIMESTAMP",
        "TIMESTAMP_NTZ(9)",
        Restated,
        Restated,
    ),
    (Snowflake, "TIMESTAMP_NTZ", "TIMESTAMP_TZ", Changed, Changed),
    (Snowflake, "FLOAT", "DOUBLE PRECISION", Restated, Restated),
    (Spark, "LONG", "BIGINT", Restated, Restated),
    (Spark, "FLOAT", "DOUBLE", Loosened, Tightened),
    (Spark, "DECIMAL", "DECIMAL(10,0)", Restated, Restated),
    (Spark, "TIMESTAMP", "TIMESTAMP_NTZ", Changed, Changed),
    (Spark, "STRING", "VARCHAR(20)", Tightened, Loosened),
    (SqlServer, "tinyint", "smallint", Loosened, Tightened),
    (
        SqlServer,
        "varchar(10)",
        "nvarchar(10)",
        Loosened,
        Tightened,
    ),
    (
        SqlServer,
        "varchar(10)",
        "varchar(max)",
        Loosened,
        Tightened,
    ),
    (SqlServer, "datetime", "datetime2", Loosened, Tightened),
    (SqlServer, "datetime2", "datetimeoffset", Changed, Changed),
    (SqlServer, "timestamp", "rowversion", Restated, Restated),
    (SqlServer, "bit", "boolean", Restated, Restated),
    (Trino, "varchar(10)", "varchar", Loosened, Tightened),
    (Trino, "timestamp", "timestamp(3)", Restated, Restated),
    (Trino, "array(integer)", "array(int)", Restated, Restated),
];

fn motions(dialect: Dialect, before: &str, after: &str) -> Vec<(String, Aspect, Motion)> {
    let found = differences((before, dialect), (after, dialect));
    let told = |one: Difference| (one.path.join("."), one.aspect, one.motion);
    found.into_iter().map(told).collect()
}

#[test]
fn types_move_as_their_system_reads_them() {
    for (dialect, one, other, there, back) in PAIRS {
        for (before, after, motion) in [(one, other, there), (other, one, back)] {
            let found: Vec<_> = motions(*dialect, before, after)
                .into_iter()
                .map(|(_, aspect, motion)| (aspect, motion))
                .collect();
            let expected = [(Aspect::PhysicalType, *motion)];
            assert_eq!(found, expected, "{dialect:?}: {before} → {after}");
        }
        assert_eq!(motions(*dialect, one, one), []);
    }
}

#[test]
fn blanks_and_large_letters_say_nothing() {
    for (before, after) in [
        ("varchar(10)", "VARCHAR( 10 )"),
        ("my_type", "MY_TYPE"),
        ("MAP<STRING, INT>", "map<string,int>"),
        ("STRUCT<a: INT>", "struct<A:int>"),
    ] {
        assert_eq!(motions(Generic, before, after), [], "{before} → {after}");
    }
    assert_ne!(motions(Generic, "enum('a')", "enum('A')"), []);
}

#[test]
fn what_nests_is_told_by_its_place() {
    for (dialect, before, after, expected) in [
        (
            Spark,
            "STRUCT<a: INT, b: STRING>",
            "struct<a: bigint, c: string>",
            vec![
                ("a", Aspect::PhysicalType, Loosened),
                ("b", Aspect::PhysicalMember, Removed),
                ("c", Aspect::PhysicalMember, Added),
            ],
        ),
        (
            BigQuery,
            "ARRAY<STRUCT<a INT64, b STRING>>",
            "ARRAY<STRUCT<a INT64>>",
            vec![("items.b", Aspect::PhysicalMember, Removed)],
        ),
        (
            Trino,
            "map(varchar, row(x integer))",
            "map(varchar, row(x varchar))",
            vec![("values.x", Aspect::PhysicalType, Changed)],
        ),
        (
            Spark,
            "STRUCT<a: INT COMMENT 'one, two'>",
            "STRUCT<a: INT NOT NULL>",
            vec![("a", Aspect::PhysicalType, Tightened)],
        ),
        (
            BigQuery,
            "RECORD",
            "STRUCT<a INT64>",
            vec![("", Aspect::PhysicalType, Unclear)],
        ),
        (
            DuckDb,
            "STRUCT(\"Big name\" INTEGER)",
            "STRUCT(\"big name\" INTEGER)",
            vec![("", Aspect::PhysicalType, Restated)],
        ),
    ] {
        let found = motions(dialect, before, after);
        let found: Vec<_> = found
            .iter()
            .map(|(path, aspect, motion)| (path.as_str(), *aspect, *motion))
            .collect();
        assert_eq!(found, expected, "{before} → {after}");
    }
}

#[test]
fn a_word_means_what_its_system_means() {
    for (from, to, motion) in [
        (("int", PostgreSql), ("int", PostgreSql), None),
        (("int", PostgreSql), ("int", BigQuery), Some(Loosened)),
        (
            ("timestamp", MySql),
            ("timestamp", SqlServer),
            Some(Changed),
        ),
        (("bigint", PostgreSql), ("int64", BigQuery), Some(Restated)),
    ] {
        let found = differences(from, to);
        assert_eq!(
            found.first().map(|one| one.motion),
            motion,
            "{from:?} → {to:?}"
        );
    }
}
