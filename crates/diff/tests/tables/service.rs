//! Promises about service and where the data is served.

use super::{compared, told};

#[test]
fn promises_get_better_by_what_they_are() {
    for (property, before, after, there, back) in [
        ("latency", "1 hour", "2 hours", "weakened", "strengthened"),
        (
            "latency(orders.placed_at)",
            "1 hour",
            "2 hours",
            "weakened",
            "strengthened",
        ),
        ("frequency", "1 day", "2 days", "weakened", "strengthened"),
        ("frequency", "2 per day", "4 per day", "changed", "changed"),
        ("time_to_repair", "2h", "4h", "weakened", "strengthened"),
        ("timeToRepair", "2h", "4h", "weakened", "strengthened"),
        ("errorRate", "1%", "2%", "weakened", "strengthened"),
        ("availability", "99%", "99.9%", "strengthened", "weakened"),
        (
            "throughput",
            "100 rows",
            "90 rows",
            "weakened",
            "strengthened",
        ),
        ("throughput", "100 rows", "90 files", "changed", "changed"),
        (
            "endOfSupport",
            "2032-05-12",
            "2031-05-12",
            "weakened",
            "strengthened",
        ),
        ("endOfLife", "2032-05-12", "in 2031", "changed", "changed"),
        (
            "generalAvailability",
            "2022-05-12",
            "2022-06-12",
            "weakened",
            "strengthened",
        ),
        (
            "timeOfAvailability",
            "'08:00-08:00'",
            "'09:00-08:00'",
            "weakened",
            "strengthened",
        ),
        (
            "timeOfAvailability",
            "'08:00-08:00'",
            "'09:00+01:00'",
            "changed",
            "changed",
        ),
        ("answers", "1 hour", "2 hours", "changed", "changed"),
        ("answers", "1 hour", "60 minutes", "restated", "restated"),
        ("latency", "1 hour", "60 minutes", "restated", "restated"),
    ] {
        let fields = "fields: [{ name: id, type: string }]";
        let [old, new] =
            [before, after].map(|value| format!("{fields}\nsla: {{ {property}: {value} }}\n"));
        let ids = |from, to| told(&compared(from, to).changes);
        let rule = |word| format!("sla-{word} sla.{property}");
        assert_eq!(
            ids(&old, &new),
            [rule(there)],
            "{property}: {before} → {after}"
        );
        assert_eq!(
            ids(&new, &old),
            [rule(back)],
            "{property}: {after} → {before}"
        );
        assert_eq!(ids(&old, &old), [""; 0]);
    }
}

#[test]
fn an_address_is_one_in_either_spelling() {
    for (key, rule) in [
        ("endpoint_url", "server-changed"),
        ("endpointUrl", "server-changed"),
        ("stagingDir", "server-changed"),
        ("environment", "server-detail-changed"),
    ] {
        let [old, new] = ["a", "b"].map(|value| {
            let server = format!("{{ name: prod, type: athena, {key}: {value} }}");
            format!("fields: [{{ name: id, type: string }}]\nservers: [{server}]\n")
        });
        let found = told(&compared(&old, &new).changes);
        assert_eq!(found, [format!("{rule} servers.prod.{key}")]);
    }
}
