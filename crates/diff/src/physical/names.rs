//! The words for types of each system, as tables; knows no text around them.
//!
//! Facts are taken from the manuals that each table names.

use super::dialect::Dialect;
use super::kind::{Room, Zone};

/// What a word stands for, and what holds where its arguments are left out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Make {
    Boolean,
    Integer(u32),
    Unsigned(u32),
    /// Precision and scale where nothing is said; none means as many digits as one likes.
    Decimal(Option<(u32, i32)>),
    /// Precision alone means so many digits before the point.
    AnyNumber,
    Float(u32),
    /// A float whose argument counts bits: up to 24 (the second) are a single, more a double.
    FloatOf(u32),
    Text(Length),
    /// Filled up with blanks.
    Padded(Length),
    /// Text of one code page.
    Narrow(Length),
    NarrowPadded(Length),
    Binary(Length),
    Enum,
    Date,
    Time(bool, u32),
    Timestamp(Zone, u32),
    Array,
    Map,
    Struct,
    /// Only ever itself, by this name.
    Named(&'static str),
}

/// How long a text is without an argument, and what an argument counts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Length {
    /// An argument is ignored.
    Unlimited,
    /// Characters, as many as one likes where nothing is said.
    Characters,
    /// Characters, so many where nothing is said.
    CharactersOr(u64),
    /// Bytes, so many where nothing is said.
    BytesOr(u64),
    /// So many bytes, always.
    FixedBytes(u64),
}

impl Length {
    pub(super) fn room(self, argument: Option<u64>) -> Room {
        match (self, argument) {
            (Length::Unlimited, _) | (Length::Characters, None) => Room::Any,
            (Length::Characters | Length::CharactersOr(_), Some(count)) => Room::Characters(count),
            (Length::CharactersOr(count), None) => Room::Characters(count),
            (Length::BytesOr(_), Some(count)) => Room::Bytes(count),
            (Length::BytesOr(count) | Length::FixedBytes(count), _) => Room::Bytes(count),
        }
    }
}

type Names = &'static [(&'static str, Make)];

use Length::{BytesOr, Characters, CharactersOr, FixedBytes, Unlimited};
use Make::{
    AnyNumber, Array, Binary, Boolean, Date, Decimal, Enum, Float, FloatOf, Integer, Map, Named,
    Narrow, NarrowPadded, Padded, Struct, Text, Time, Timestamp, Unsigned,
};

/// Finds what a word stands for: in the system's own table, else in the general one.
pub(super) fn find(dialect: Dialect, name: &str) -> Option<Make> {
    let own = match dialect {
        Dialect::Avro => AVRO,
        Dialect::BigQuery => BIGQUERY,
        Dialect::DuckDb => DUCKDB,
        Dialect::Generic => &[],
        Dialect::MySql => MYSQL,
        Dialect::Oracle => ORACLE,
        Dialect::PostgreSql => POSTGRESQL,
        Dialect::Redshift => REDSHIFT,
        Dialect::Snowflake => SNOWFLAKE,
        Dialect::Spark => SPARK,
        Dialect::SqlServer => SQL_SERVER,
        Dialect::Trino => TRINO,
    };
    let in_table = |table: Names| {
        let at = table.binary_search_by_key(&name, |(word, _)| word).ok()?;
        table.get(at).map(|(_, make)| *make)
    };
    in_table(own).or_else(|| in_table(GENERAL))
}

/// What most systems agree on: ISO/IEC 9075-2 (SQL), section 4, and words in wide use.
const GENERAL: Names = &[
    ("array", Array),
    ("bigint", Integer(64)),
    ("binary", Binary(Characters)),
    ("binary large object", Binary(Unlimited)),
    ("binary varying", Binary(Characters)),
    ("bit", Boolean),
    ("blob", Binary(Unlimited)),
    ("bool", Boolean),
    ("boolean", Boolean),
    ("byte", Integer(8)),
    ("bytea", Binary(Unlimited)),
    ("bytes", Binary(Characters)),
    ("char", Padded(CharactersOr(1))),
    ("char varying", Text(Characters)),
    ("character", Padded(CharactersOr(1))),
    ("character large object", Text(Unlimited)),
    ("character varying", Text(Characters)),
    ("clob", Text(Unlimited)),
    ("date", Date),
    ("datetime", Timestamp(Zone::None, 6)),
    ("datetimeoffset", Timestamp(Zone::Offset, 7)),
    ("dec", Decimal(None)),
    ("decimal", Decimal(None)),
    ("double", Float(64)),
    ("double precision", Float(64)),
    ("enum", Enum),
    ("float", FloatOf(64)),
    ("float32", Float(32)),
    ("float4", Float(32)),
    ("float64", Float(64)),
    ("float8", Float(64)),
    ("geography", Named("geography")),
    ("geometry", Named("geometry")),
    ("int", Integer(32)),
    ("int16", Integer(16)),
    ("int2", Integer(16)),
    ("int32", Integer(32)),
    ("int4", Integer(32)),
    ("int64", Integer(64)),
    ("int8", Integer(64)),
    ("integer", Integer(32)),
    ("interval", Named("interval")),
    ("json", Named("json")),
    ("jsonb", Named("jsonb")),
    ("list", Array),
    ("long", Integer(64)),
    ("map", Map),
    ("nchar", Padded(CharactersOr(1))),
    ("nclob", Text(Unlimited)),
    ("ntext", Text(Unlimited)),
    ("number", Decimal(None)),
    ("numeric", Decimal(None)),
    ("nvarchar", Text(Characters)),
    ("nvarchar2", Text(Characters)),
    ("real", Float(32)),
    ("record", Struct),
    ("row", Struct),
    ("short", Integer(16)),
    ("smallint", Integer(16)),
    ("string", Text(Characters)),
    ("struct", Struct),
    ("text", Text(Unlimited)),
    ("time", Time(false, 6)),
    ("time with time zone", Time(true, 6)),
    ("time without time zone", Time(false, 6)),
    ("timestamp", Timestamp(Zone::None, 6)),
    (
        "timestamp with local time zone",
        Timestamp(Zone::Instant, 6),
    ),
    ("timestamp with time zone", Timestamp(Zone::Instant, 6)),
    ("timestamp without time zone", Timestamp(Zone::None, 6)),
    ("timestamp_ltz", Timestamp(Zone::Instant, 6)),
    ("timestamp_ntz", Timestamp(Zone::None, 6)),
    ("timestamp_tz", Timestamp(Zone::Offset, 6)),
    ("timestamptz", Timestamp(Zone::Instant, 6)),
    ("timetz", Time(true, 6)),
    ("tinyint", Integer(8)),
    ("uniqueidentifier", Named("uuid")),
    ("uuid", Named("uuid")),
    ("varbinary", Binary(Characters)),
    ("varchar", Text(Characters)),
    ("varchar2", Text(Characters)),
    ("variant", Named("variant")),
    ("xml", Named("xml")),
];

/// Apache Avro 1.12, "Primitive Types", "Complex Types" and "Logical Types".
///
/// A reader takes the digits of a decimal and the unit of a time from its own schema, so these are
/// only ever themselves.
const AVRO: Names = &[
    ("bytes", Binary(Unlimited)),
    ("decimal", Named("decimal")),
    ("double", Float(64)),
    ("fixed", Binary(Characters)),
    ("float", Float(32)),
    ("int", Integer(32)),
    ("local-timestamp-micros", Named("local-timestamp-micros")),
    ("local-timestamp-millis", Named("local-timestamp-millis")),
    ("local-timestamp-nanos", Named("local-timestamp-nanos")),
    ("long", Integer(64)),
    ("string", Text(Unlimited)),
    ("time-micros", Named("time-micros")),
    ("time-millis", Named("time-millis")),
    ("timestamp-micros", Named("timestamp-micros")),
    ("timestamp-millis", Named("timestamp-millis")),
    ("timestamp-nanos", Named("timestamp-nanos")),
];

/// BigQuery, GoogleSQL reference, "Data types".
const BIGQUERY: Names = &[
    ("bigdecimal", Decimal(Some((76, 38)))),
    ("bignumeric", Decimal(Some((76, 38)))),
    ("byteint", Integer(64)),
    ("datetime", Timestamp(Zone::None, 6)),
    ("decimal", Decimal(Some((38, 9)))),
    ("float", Float(64)),
    ("int", Integer(64)),
    ("integer", Integer(64)),
    ("numeric", Decimal(Some((38, 9)))),
    ("smallint", Integer(64)),
    ("timestamp", Timestamp(Zone::Instant, 6)),
    ("tinyint", Integer(64)),
];

/// DuckDB, SQL introduction, "Data Types".
const DUCKDB: Names = &[
    ("binary", Binary(Unlimited)),
    ("bit", Named("bit")),
    ("bpchar", Text(Unlimited)),
    ("char", Text(Unlimited)),
    ("dec", Decimal(Some((18, 3)))),
    ("decimal", Decimal(Some((18, 3)))),
    ("float", Float(32)),
    ("hugeint", Integer(128)),
    ("int1", Integer(8)),
    ("logical", Boolean),
    ("numeric", Decimal(Some((18, 3)))),
    ("signed", Integer(32)),
    ("string", Text(Unlimited)),
    ("timestamp_ms", Timestamp(Zone::None, 3)),
    ("timestamp_ns", Timestamp(Zone::None, 9)),
    ("timestamp_s", Timestamp(Zone::None, 0)),
    ("ubigint", Unsigned(64)),
    ("uhugeint", Unsigned(128)),
    ("uinteger", Unsigned(32)),
    ("usmallint", Unsigned(16)),
    ("utinyint", Unsigned(8)),
    ("varbinary", Binary(Unlimited)),
    ("varchar", Text(Unlimited)),
];

/// MySQL 8.4 reference manual, chapter 13, "Data Types".
const MYSQL: Names = &[
    ("bigint unsigned", Unsigned(64)),
    ("binary", Binary(BytesOr(1))),
    ("bit", Named("bit")),
    ("blob", Binary(FixedBytes(65_535))),
    ("datetime", Timestamp(Zone::None, 0)),
    ("dec", Decimal(Some((10, 0)))),
    ("decimal", Decimal(Some((10, 0)))),
    ("double unsigned", Float(64)),
    ("fixed", Decimal(Some((10, 0)))),
    ("float", FloatOf(32)),
    ("int unsigned", Unsigned(32)),
    ("int8", Integer(64)),
    ("integer unsigned", Unsigned(32)),
    ("longblob", Binary(FixedBytes(4_294_967_295))),
    ("longtext", Text(FixedBytes(4_294_967_295))),
    ("mediumblob", Binary(FixedBytes(16_777_215))),
    ("mediumint", Integer(24)),
    ("mediumint unsigned", Unsigned(24)),
    ("mediumtext", Text(FixedBytes(16_777_215))),
    ("middleint", Integer(24)),
    ("numeric", Decimal(Some((10, 0)))),
    ("real", Float(64)),
    ("serial", Unsigned(64)),
    ("set", Named("set")),
    ("smallint unsigned", Unsigned(16)),
    ("text", Text(FixedBytes(65_535))),
    ("time", Time(false, 0)),
    ("timestamp", Timestamp(Zone::Instant, 0)),
    ("tinyblob", Binary(FixedBytes(255))),
    ("tinyint unsigned", Unsigned(8)),
    ("tinytext", Text(FixedBytes(255))),
    ("varbinary", Binary(BytesOr(65_535))),
    ("year", Named("year")),
];

/// Oracle Database 23ai, SQL Language Reference, "Data Types".
const ORACLE: Names = &[
    ("bfile", Named("bfile")),
    ("binary_double", Float(64)),
    ("binary_float", Float(32)),
    ("char", Padded(BytesOr(1))),
    ("character", Padded(BytesOr(1))),
    ("date", Timestamp(Zone::None, 0)),
    ("decimal", Decimal(Some((38, 0)))),
    ("float", AnyNumber),
    ("int", Decimal(Some((38, 0)))),
    ("integer", Decimal(Some((38, 0)))),
    ("long", Text(Unlimited)),
    ("long raw", Binary(Unlimited)),
    ("number", AnyNumber),
    ("numeric", Decimal(Some((38, 0)))),
    ("raw", Binary(BytesOr(2000))),
    ("smallint", Decimal(Some((38, 0)))),
    ("timestamp with time zone", Timestamp(Zone::Offset, 6)),
    ("varchar", Text(BytesOr(4000))),
    ("varchar2", Text(BytesOr(4000))),
    ("xmltype", Named("xml")),
];

/// PostgreSQL 17, chapter 8, "Data Types".
const POSTGRESQL: Names = &[
    ("bigserial", Integer(64)),
    ("bit", Named("bit")),
    ("bpchar", Padded(Characters)),
    ("citext", Named("citext")),
    ("money", Decimal(Some((19, 2)))),
    ("name", Text(FixedBytes(63))),
    ("serial", Integer(32)),
    ("serial2", Integer(16)),
    ("serial4", Integer(32)),
    ("serial8", Integer(64)),
    ("smallserial", Integer(16)),
];

/// Amazon Redshift, database developer guide, "Data types".
const REDSHIFT: Names = &[
    ("binary varying", Binary(BytesOr(64_000))),
    ("bpchar", Padded(BytesOr(256))),
    ("char", Padded(BytesOr(1))),
    ("character", Padded(BytesOr(1))),
    ("character varying", Text(BytesOr(256))),
    ("decimal", Decimal(Some((18, 0)))),
    ("nchar", Padded(BytesOr(1))),
    ("numeric", Decimal(Some((18, 0)))),
    ("nvarchar", Text(BytesOr(256))),
    ("super", Named("super")),
    ("text", Text(FixedBytes(256))),
    ("varbinary", Binary(BytesOr(64_000))),
    ("varbyte", Binary(BytesOr(64_000))),
    ("varchar", Text(BytesOr(256))),
];

/// Snowflake, SQL data types reference.
const SNOWFLAKE: Names = &[
    ("array", Array),
    ("bigint", Decimal(Some((38, 0)))),
    ("binary", Binary(BytesOr(8_388_608))),
    ("byteint", Decimal(Some((38, 0)))),
    ("datetime", Timestamp(Zone::None, 9)),
    ("dec", Decimal(Some((38, 0)))),
    ("decfloat", AnyNumber),
    ("decimal", Decimal(Some((38, 0)))),
    ("double", Float(64)),
    ("float", Float(64)),
    ("float4", Float(64)),
    ("float8", Float(64)),
    ("int", Decimal(Some((38, 0)))),
    ("integer", Decimal(Some((38, 0)))),
    ("number", Decimal(Some((38, 0)))),
    ("numeric", Decimal(Some((38, 0)))),
    ("nvarchar", Text(CharactersOr(16_777_216))),
    ("object", Struct),
    ("real", Float(64)),
    ("smallint", Decimal(Some((38, 0)))),
    ("string", Text(CharactersOr(16_777_216))),
    ("text", Text(CharactersOr(16_777_216))),
    ("time", Time(false, 9)),
    ("timestamp", Timestamp(Zone::None, 9)),
    ("timestamp_ltz", Timestamp(Zone::Instant, 9)),
    ("timestamp_ntz", Timestamp(Zone::None, 9)),
    ("timestamp_tz", Timestamp(Zone::Offset, 9)),
    ("timestampltz", Timestamp(Zone::Instant, 9)),
    ("timestampntz", Timestamp(Zone::None, 9)),
    ("timestamptz", Timestamp(Zone::Offset, 9)),
    ("tinyint", Decimal(Some((38, 0)))),
    ("varbinary", Binary(BytesOr(8_388_608))),
    ("varchar", Text(CharactersOr(16_777_216))),
];

/// Spark SQL reference, "Data Types"; Databricks, "SQL data type rules".
const SPARK: Names = &[
    ("binary", Binary(Unlimited)),
    ("dec", Decimal(Some((10, 0)))),
    ("decimal", Decimal(Some((10, 0)))),
    ("float", Float(32)),
    ("numeric", Decimal(Some((10, 0)))),
    ("string", Text(Unlimited)),
    ("timestamp", Timestamp(Zone::Instant, 6)),
    ("void", Named("void")),
];

/// Microsoft SQL Server 2022, Transact-SQL reference, "Data types".
const SQL_SERVER: Names = &[
    ("binary", Binary(BytesOr(1))),
    ("char", NarrowPadded(BytesOr(1))),
    ("datetime", Timestamp(Zone::None, 3)),
    ("datetime2", Timestamp(Zone::None, 7)),
    ("dec", Decimal(Some((18, 0)))),
    ("decimal", Decimal(Some((18, 0)))),
    ("hierarchyid", Named("hierarchyid")),
    ("image", Binary(Unlimited)),
    ("money", Decimal(Some((19, 4)))),
    ("numeric", Decimal(Some((18, 0)))),
    ("nvarchar", Text(CharactersOr(1))),
    ("rowversion", Named("rowversion")),
    ("smalldatetime", Timestamp(Zone::None, 0)),
    ("smallmoney", Decimal(Some((10, 4)))),
    ("sql_variant", Named("sql_variant")),
    ("text", Narrow(Unlimited)),
    ("time", Time(false, 7)),
    ("timestamp", Named("rowversion")),
    ("tinyint", Unsigned(8)),
    ("varbinary", Binary(BytesOr(1))),
    ("varchar", Narrow(BytesOr(1))),
];

/// Trino, "Data types".
const TRINO: Names = &[
    ("dec", Decimal(Some((38, 0)))),
    ("decimal", Decimal(Some((38, 0)))),
    ("ipaddress", Named("ipaddress")),
    ("time", Time(false, 3)),
    ("time with time zone", Time(true, 3)),
    ("timestamp", Timestamp(Zone::None, 3)),
    ("timestamp with time zone", Timestamp(Zone::Offset, 3)),
    ("varbinary", Binary(Unlimited)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_sorted() {
        for table in [
            AVRO, BIGQUERY, DUCKDB, GENERAL, MYSQL, ORACLE, POSTGRESQL, REDSHIFT, SNOWFLAKE, SPARK,
            SQL_SERVER, TRINO,
        ] {
            for pair in table.windows(2) {
                assert!(pair[0].0 < pair[1].0, "{} before {}", pair[0].0, pair[1].0);
            }
        }
    }
}
