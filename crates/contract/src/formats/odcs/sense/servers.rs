//! Servers: addresses that no client could open.

use super::{doubt, items, misspelt, text, whole, wrong};
use crate::lowering::Lowering;
use crate::problem::quoted;
use crate::{NodeRef, ProblemId};

/// The scheme that the location of a kind of server begins with.
const SCHEMES: &[(&str, &[&str])] = &[
    (
        "azure",
        &["abfss://", "abfs://", "az://", "https://", "wasbs://"],
    ),
    ("s3", &["s3://", "s3a://", "s3n://", "https://"]),
    ("sftp", &["sftp://"]),
];

/// Schemes that tell which system an address belongs to.
const TELLING: &[&str] = &[
    "abfs://", "abfss://", "az://", "ftp://", "gs://", "hdfs://", "jdbc:", "kafka://", "s3://",
    "s3a://", "s3n://", "sftp://", "wasbs://",
];

/// Environments that are told by one word everywhere.
const ENVIRONMENTS: &[&str] = &[
    "development",
    "production",
    "staging",
    "test",
    "testing",
    "preproduction",
    "acceptance",
    "integration",
    "sandbox",
];

/// Checks the servers of a contract.
pub(super) fn check<'d>(low: &mut Lowering<'d>, root: NodeRef<'d>) {
    low.within("servers", |low| {
        for server in items(root, "servers") {
            let Some(name) = text(server, "server") else {
                continue;
            };
            low.named(name, |low| one(low, server));
        }
    });
}

fn one<'d>(low: &mut Lowering<'d>, server: NodeRef<'d>) {
    if let Some((stated, port)) = server.get("port").zip(whole(server, "port"))
        && !(1..=65_535).contains(&port)
    {
        low.within("port", |low| {
            let message = format!("{port} is not a port");
            wrong(low, stated, &message, "write a number from 1 to 65535");
        });
    }
    if let Some((stated, host)) = server.get("host").zip(text(server, "host"))
        && (host.trim().is_empty() || host.contains(char::is_whitespace))
    {
        low.within("host", |low| {
            let message = format!("{} is not the name of a host", quoted(host));
            doubt(
                low,
                ProblemId::BadValue,
                stated,
                &message,
                "write the bare name",
            );
        });
    }
    if let Some((stated, word)) = server.get("environment").zip(text(server, "environment"))
        && word.chars().count() > 4
    {
        low.within("environment", |low| {
            misspelt(low, stated, word, ENVIRONMENTS)
        });
    }
    let schemes = text(server, "type").and_then(|kind| {
        let known = SCHEMES.iter().find(|(known, _)| *known == kind);
        known.map(|(_, schemes)| (kind, *schemes))
    });
    if let (Some((kind, schemes)), Some((stated, location))) = (
        schemes,
        server.get("location").zip(text(server, "location")),
    ) {
        let begins = |schemes: &[&str]| schemes.iter().any(|one| location.starts_with(one));
        if begins(TELLING) && !begins(schemes) {
            low.within("location", |low| {
                let message = format!(
                    "a server of type `{kind}` does not lie at {}",
                    quoted(location)
                );
                let help = "mend the type or the location";
                doubt(low, ProblemId::Contradiction, stated, &message, help);
            });
        }
    }
}
