//! The kinds of server in, how their systems read the words for types out.

use meshlaw_contract::model::Contract;

/// A family of systems that read the words for types alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Dialect {
    /// Avro schemas, as Kafka's registries hold them.
    Avro,
    BigQuery,
    DuckDb,
    /// None that is known, or several.
    Generic,
    MySql,
    Oracle,
    PostgreSql,
    Redshift,
    Snowflake,
    /// Spark SQL, and so Databricks, Delta, Hive and Glue.
    Spark,
    SqlServer,
    /// Trino, and so Presto and Athena.
    Trino,
}

/// Kinds of server, in the words of the Open Data Contract Standard, sorted.
const SERVERS: &[(&str, Dialect)] = &[
    ("alloydb", Dialect::PostgreSql),
    ("athena", Dialect::Trino),
    ("azuresql", Dialect::SqlServer),
    ("bigquery", Dialect::BigQuery),
    ("cloudsql", Dialect::PostgreSql),
    ("confluent", Dialect::Avro),
    ("databricks", Dialect::Spark),
    ("delta", Dialect::Spark),
    ("duckdb", Dialect::DuckDb),
    ("glue", Dialect::Spark),
    ("hive", Dialect::Spark),
    ("kafka", Dialect::Avro),
    ("mariadb", Dialect::MySql),
    ("motherduck", Dialect::DuckDb),
    ("mssql", Dialect::SqlServer),
    ("mysql", Dialect::MySql),
    ("oracle", Dialect::Oracle),
    ("postgres", Dialect::PostgreSql),
    ("postgresql", Dialect::PostgreSql),
    ("presto", Dialect::Trino),
    ("pulsar", Dialect::Avro),
    ("redshift", Dialect::Redshift),
    ("snowflake", Dialect::Snowflake),
    ("spark", Dialect::Spark),
    ("sqlserver", Dialect::SqlServer),
    ("synapse", Dialect::SqlServer),
    ("trino", Dialect::Trino),
];

impl Dialect {
    /// Returns how the systems that serve a contract read its types: all of those that are known
    /// must read alike.
    pub(crate) fn of(contract: &Contract) -> Self {
        let dialects = contract.servers.iter().filter_map(|server| {
            let kind = server.kind.to_ascii_lowercase();
            let at = SERVERS.binary_search_by_key(&kind.as_str(), |(name, _)| name);
            SERVERS.get(at.ok()?).map(|(_, dialect)| *dialect)
        });
        let mut found = None;
        for dialect in dialects {
            match found {
                None => found = Some(dialect),
                Some(other) if other == dialect => {}
                Some(_) => return Dialect::Generic,
            }
        }
        found.unwrap_or(Dialect::Generic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use meshlaw_contract::Format;
    use meshlaw_contract::model::Server;

    #[test]
    fn servers_that_read_alike_say_the_dialect() {
        assert!(SERVERS.is_sorted_by(|one, next| one.0 < next.0));
        for (kinds, dialect) in [
            (vec![], Dialect::Generic),
            (vec!["postgres"], Dialect::PostgreSql),
            (vec!["Databricks", "s3"], Dialect::Spark),
            (vec!["trino", "athena"], Dialect::Trino),
            (vec!["postgres", "snowflake"], Dialect::Generic),
            (vec!["ftp"], Dialect::Generic),
        ] {
            let mut contract = Contract::new(Format::Odcs);
            contract.servers = kinds
                .iter()
                .map(|kind| Server {
                    name: (*kind).to_owned(),
                    kind: (*kind).to_owned(),
                    attributes: [].into(),
                })
                .collect();
            assert_eq!(Dialect::of(&contract), dialect, "{kinds:?}");
        }
    }
}
