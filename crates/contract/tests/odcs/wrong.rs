//! Contracts that the official schemas accept and nobody can mean: what is said of each, and that
//! the nearest right one is left in peace.

use meshlaw_contract::{Gravity, Problem};

use crate::official::{Schemas, folder, parse, to_json};

/// Where a piece goes.
#[derive(Debug, Clone, Copy)]
enum At {
    /// Beside the keys of the contract.
    Top,
    /// Beside the keys of the schema object `orders`.
    Table,
    /// Into the list of its properties.
    Column,
}
use At::{Column, Table, Top};

/// A wrong piece, a word of what is said of it, and the nearest right piece.
type Case = (At, &'static str, &'static str, &'static str);

/// What is certainly wrong.
const FAULTS: &[Case] = &[
    (
        Column,
        "{ name: a, primaryKey: true, primaryKeyPosition: 1 }",
        "position 1 of the primary key is taken by `id`",
        "{ name: a, primaryKey: true, primaryKeyPosition: 2 }",
    ),
    (
        Column,
        "{ name: a, primaryKey: false, primaryKeyPosition: 2 }",
        "given to a column outside",
        "{ name: a, primaryKey: false, primaryKeyPosition: -1 }",
    ),
    (
        Column,
        "{ name: a, partitioned: true, partitionKeyPosition: 1 }, { name: b, partitioned: true, partitionKeyPosition: 1 }",
        "position 1 of the partition is taken",
        "{ name: a, partitioned: true, partitionKeyPosition: 1 }, { name: b, partitioned: true, partitionKeyPosition: 2 }",
    ),
    (
        Column,
        "{ name: id, logicalType: string }",
        "stands twice",
        "{ name: id2, logicalType: string }",
    ),
    (
        Column,
        "{ name: a, logicalType: integer, logicalTypeOptions: { minimum: 5, maximum: 1 } }",
        "lies above",
        "{ name: a, logicalType: integer, logicalTypeOptions: { minimum: 1, maximum: 5 } }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, logicalTypeOptions: { minLength: 5, maxLength: 1 } }",
        "least length 5 lies above",
        "{ name: a, logicalType: string, logicalTypeOptions: { minLength: 5, maxLength: 5 } }",
    ),
    (
        Column,
        "{ name: a, logicalType: integer, logicalTypeOptions: { exclusiveMinimum: 1, exclusiveMaximum: 2 } }",
        "no whole number",
        "{ name: a, logicalType: number, logicalTypeOptions: { exclusiveMinimum: 1, exclusiveMaximum: 2 } }",
    ),
    (
        Column,
        "{ name: a, logicalType: number, logicalTypeOptions: { exclusiveMinimum: 1, maximum: 1 } }",
        "no value lies between",
        "{ name: a, logicalType: number, logicalTypeOptions: { minimum: 1, maximum: 1 } }",
    ),
    (
        Column,
        "{ name: a, logicalType: integer, logicalTypeOptions: { format: i8, maximum: 300 } }",
        "300 is no `i8`",
        "{ name: a, logicalType: integer, logicalTypeOptions: { format: u16, maximum: 300 } }",
    ),
    (
        Column,
        "{ name: a, logicalType: integer, logicalTypeOptions: { format: u32, minimum: -1 } }",
        "-1 is no `u32`",
        "{ name: a, logicalType: integer, logicalTypeOptions: { format: i32, minimum: -1 } }",
    ),
    (
        Column,
        "{ name: a, logicalType: integer, logicalTypeOptions: { minimum: 6, maximum: 9, multipleOf: 5 } }",
        "no multiple of 5",
        "{ name: a, logicalType: integer, logicalTypeOptions: { minimum: 6, maximum: 10, multipleOf: 5 } }",
    ),
    (
        Column,
        "{ name: a, logicalType: array, items: { logicalType: string }, logicalTypeOptions: { minItems: 3, maxItems: 2 } }",
        "at least 3 elements",
        "{ name: a, logicalType: array, items: { logicalType: string }, logicalTypeOptions: { minItems: 2, maxItems: 2 } }",
    ),
    (
        Column,
        "{ name: a, logicalType: object, logicalTypeOptions: { minProperties: 3, maxProperties: 2 } }",
        "at least 3 properties",
        "{ name: a, logicalType: object, logicalTypeOptions: { minProperties: 2, maxProperties: 3 } }",
    ),
    (
        Column,
        "{ name: a, logicalType: object, logicalTypeOptions: { required: [z] }, properties: [{ name: y }] }",
        "`z` is required, but no property",
        "{ name: a, logicalType: object, logicalTypeOptions: { required: [y] }, properties: [{ name: y }] }",
    ),
    (
        Column,
        "{ name: a, logicalType: object, logicalTypeOptions: { required: [y, z], maxProperties: 1 }, properties: [{ name: y }, { name: z }] }",
        "of which 2 are required",
        "{ name: a, logicalType: object, logicalTypeOptions: { required: [y, z], maxProperties: 2 }, properties: [{ name: y }, { name: z }] }",
    ),
    (
        Column,
        "{ name: a, logicalType: date, logicalTypeOptions: { minimum: '2026-02-30' } }",
        "is not a date",
        "{ name: a, logicalType: date, logicalTypeOptions: { minimum: '2026-02-28' } }",
    ),
    (
        Column,
        "{ name: a, logicalType: date, logicalTypeOptions: { minimum: '2027-01-01', maximum: '2026-01-01' } }",
        "lies above",
        "{ name: a, logicalType: date, logicalTypeOptions: { minimum: '2026-01-01', maximum: '2027-01-01' } }",
    ),
    (
        Column,
        "{ name: a, logicalType: timestamp, logicalTypeOptions: { minimum: '2027-01-01', maximum: '2026-01-01T00:00:00Z' } }",
        "lies after",
        "{ name: a, logicalType: timestamp, logicalTypeOptions: { minimum: '2025-01-01', maximum: '2026-01-01T00:00:00Z' } }",
    ),
    (
        Column,
        "{ name: a, logicalType: timestamp, logicalTypeOptions: { defaultTimezone: Europe/Zurch } }",
        "`Europe/Zurch` is not a time zone",
        "{ name: a, logicalType: timestamp, logicalTypeOptions: { defaultTimezone: Europe/Zurich } }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, logicalTypeOptions: { pattern: '[a-z' } }",
        "is not a regular expression",
        "{ name: a, logicalType: string, logicalTypeOptions: { pattern: '[a-z]' } }",
    ),
    (
        Column,
        "{ name: a, logicalType: integer, enum: [{ value: 1 }, { value: two }] }",
        "`two` is a text",
        "{ name: a, logicalType: integer, enum: [{ value: 1 }, { value: 2 }] }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, logicalTypeOptions: { pattern: '^[A-Z]+$' }, enum: [{ value: new }] }",
        "does not match the field's own pattern",
        "{ name: a, logicalType: string, logicalTypeOptions: { pattern: '^[A-Z]+$' }, enum: [{ value: NEW }] }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, logicalTypeOptions: { maxLength: 2 }, enum: [{ value: new }] }",
        "outside the field's own bounds",
        "{ name: a, logicalType: string, logicalTypeOptions: { maxLength: 3 }, enum: [{ value: new }] }",
    ),
    (
        Column,
        "{ name: a, classification: public, customProperties: [{ property: pii, value: true }] }",
        "personal data",
        "{ name: a, classification: restricted, customProperties: [{ property: pii, value: true }] }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, quality: [{ metric: nullValues, mustBeBetween: [10, 5] }] }",
        "10 lies above 5",
        "{ name: a, logicalType: string, quality: [{ metric: nullValues, mustBeBetween: [5, 10] }] }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, quality: [{ metric: nullValues, mustBe: -1 }] }",
        "no count fulfils `mustBe` -1",
        "{ name: a, logicalType: string, quality: [{ metric: nullValues, mustBe: 1 }] }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, quality: [{ metric: nullValues, mustBeLessThan: 0 }] }",
        "no count fulfils `mustBeLessThan` 0",
        "{ name: a, logicalType: string, quality: [{ metric: nullValues, mustBeLessThan: 1 }] }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, quality: [{ metric: nullValues, mustBeGreaterThan: 100, unit: percent }] }",
        "no share fulfils",
        "{ name: a, logicalType: string, quality: [{ metric: nullValues, mustBeGreaterThan: 100, unit: rows }] }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, quality: [{ metric: nullValues, mustBe: none }] }",
        "is a count, and never none",
        "{ name: a, logicalType: string, quality: [{ metric: nullValues, mustBe: 0 }] }",
    ),
    (
        Column,
        "{ name: a, quality: [{ metric: nullValues, mustBe: 0, scheduler: cron, schedule: '0 25 * * *' }] }",
        "`0 25 * * *` is not a schedule",
        "{ name: a, quality: [{ metric: nullValues, mustBe: 0, scheduler: cron, schedule: '0 23 * * *' }] }",
    ),
    (
        Table,
        "quality: [{ metric: duplicateValues, mustBe: 0, arguments: { properties: [id, nmae] } }]",
        "names `nmae`, which is no column",
        "quality: [{ metric: duplicateValues, mustBe: 0, arguments: { properties: [id, name] } }]",
    ),
    (
        Table,
        "relationships: [{ from: [orders.id, orders.name], to: [customers.id] }]",
        "2 columns refer to 1",
        "relationships: [{ from: [orders.id, orders.name], to: [customers.id, customers.name] }]",
    ),
    (
        Table,
        "relationships: [{ from: orders.idd, to: customers.id }]",
        "`idd` is no column of `orders`",
        "relationships: [{ from: orders.id, to: customers.id }]",
    ),
    (
        Column,
        "{ name: a, logicalType: string, relationships: [{ to: customers.idd }] }",
        "`idd` is no column of `customers`",
        "{ name: a, logicalType: string, relationships: [{ to: customers.id }] }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, relationships: [{ to: orders.a }] }",
        "does not refer to itself",
        "{ name: a, logicalType: string, relationships: [{ to: orders.id }] }",
    ),
    (
        Column,
        "{ name: a, id: same }, { name: b, id: same }",
        "the id `same` is taken",
        "{ name: a, id: same }, { name: b, id: other }",
    ),
    (
        Top,
        "slaProperties: [{ property: availability, value: 110, unit: percent }]",
        "between 0 % and 100 %",
        "slaProperties: [{ property: availability, value: 99.9, unit: percent }]",
    ),
    (
        Top,
        "slaProperties: [{ property: retention, value: -3, unit: y }]",
        "a retention of -3",
        "slaProperties: [{ property: retention, value: 3, unit: y }]",
    ),
    (
        Top,
        "slaProperties: [{ property: retention, value: 0, unit: d }]",
        "a retention of 0",
        "slaProperties: [{ property: latency, value: 0, unit: d }]",
    ),
    (
        Top,
        "slaProperties: [{ property: latency, value: 1, unit: d }, { property: latency, value: 2, unit: d }]",
        "promised twice, and not alike",
        "slaProperties: [{ property: latency, value: 1, unit: d }, { property: latency, value: 2, unit: d, driver: regulatory }]",
    ),
    (
        Top,
        "slaProperties: [{ property: generalAvailability, value: '2030-01-01' }, { property: endOfSupport, value: '2029-01-01' }]",
        "comes before generalAvailability",
        "slaProperties: [{ property: generalAvailability, value: '2029-01-01' }, { property: endOfSupport, value: '2030-01-01' }]",
    ),
    (
        Top,
        "slaProperties: [{ property: frequency, value: 1, unit: d, scheduler: cron, schedule: every day }]",
        "`every day` is not a schedule",
        "slaProperties: [{ property: frequency, value: 1, unit: d, scheduler: cron, schedule: '@daily' }]",
    ),
    (
        Top,
        "team: { name: t, members: [{ username: a, dateIn: '2026-01-02', dateOut: '2025-01-01' }, { username: b }] }",
        "before joining",
        "team: { name: t, members: [{ username: a, dateIn: '2025-01-02', dateOut: '2026-01-01' }, { username: b }] }",
    ),
    (
        Top,
        "team: { name: t, members: [{ username: a, replacedByUsername: a }] }",
        "nobody follows themselves",
        "team: { name: t, members: [{ username: a, replacedByUsername: b }, { username: b }] }",
    ),
    (
        Top,
        "servers: [{ server: p, type: postgres, host: h, port: 70000, database: d, schema: s }]",
        "70000 is not a port",
        "servers: [{ server: p, type: postgres, host: h, port: 5432, database: d, schema: s }]",
    ),
    (
        Top,
        "servers: [{ server: p, type: api, location: 'https://x.example' }, { server: p, type: api, location: 'https://y.example' }]",
        "the server `p` stands twice",
        "servers: [{ server: p, type: api, location: 'https://x.example' }, { server: q, type: api, location: 'https://y.example' }]",
    ),
    (
        Top,
        "price: { priceAmount: -1, priceCurrency: EUR }",
        "not below zero",
        "price: { priceAmount: 0, priceCurrency: EUR }",
    ),
];

/// What is likely meant otherwise.
const DOUBTS: &[Case] = &[
    (
        Column,
        "{ name: a, primaryKey: true, primaryKeyPosition: 3 }",
        "no column has position 2",
        "{ name: a, primaryKey: true, primaryKeyPosition: 2 }",
    ),
    (
        Column,
        "{ name: a, primaryKey: true }",
        "state where they stand",
        "{ name: a }",
    ),
    (
        Column,
        "{ name: a, primaryKeyPosition: 2 }",
        "nothing says that it is part",
        "{ name: a, primaryKeyPosition: -1 }",
    ),
    (
        Column,
        "{ name: ID, logicalType: string }",
        "by case only",
        "{ name: ID2, logicalType: string }",
    ),
    (
        Column,
        "{ name: a, physicalName: x }, { name: b, physicalName: x }",
        "physical name `x` is that of `a`",
        "{ name: a, physicalName: x }, { name: b, physicalName: y }",
    ),
    (
        Column,
        "{ name: a, logicalType: integer, examples: [abc] }",
        "`abc` is a text",
        "{ name: a, logicalType: integer, examples: [7] }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, enum: [{ value: x }], examples: [y] }",
        "the example `y` is not in `enum`",
        "{ name: a, logicalType: string, enum: [{ value: x }], examples: [x] }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, logicalTypeOptions: { pattern: '^[0-9]+$' }, examples: [x1] }",
        "the example `x1` does not match",
        "{ name: a, logicalType: string, logicalTypeOptions: { pattern: '^[0-9]+$' }, examples: ['11'] }",
    ),
    (
        Column,
        "{ name: a, logicalType: number, logicalTypeOptions: { maximum: 5 }, examples: [6] }",
        "outside the field's own bounds",
        "{ name: a, logicalType: number, logicalTypeOptions: { maximum: 5 }, examples: [5] }",
    ),
    (
        Column,
        "{ name: a, logicalType: integer, logicalTypeOptions: { maximum: 1.5 } }",
        "is no whole number itself",
        "{ name: a, logicalType: number, logicalTypeOptions: { maximum: 1.5 } }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, logicalTypeOptions: { format: emial } }",
        "reads like `email`",
        "{ name: a, logicalType: string, logicalTypeOptions: { format: iban } }",
    ),
    (
        Column,
        "{ name: a, logicalType: boolean, physicalType: TIMESTAMP }",
        "holds no values of the logical type `boolean`",
        "{ name: a, logicalType: boolean, physicalType: TINYINT }",
    ),
    (
        Column,
        "{ name: a, logicalType: integer, physicalType: DATE }",
        "holds no values of the logical type `integer`",
        "{ name: a, logicalType: integer, physicalType: VARCHAR(9) }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, physicalType: 'VARCHAR(50)', logicalTypeOptions: { maxLength: 100 } }",
        "`VARCHAR(50)` holds 50",
        "{ name: a, logicalType: string, physicalType: 'VARCHAR(100)', logicalTypeOptions: { maxLength: 50 } }",
    ),
    (
        Column,
        "{ name: a, logicalType: number, physicalType: 'DECIMAL(5,2)', logicalTypeOptions: { maximum: 1000 } }",
        "holds 3 whole digits",
        "{ name: a, logicalType: number, physicalType: 'DECIMAL(6,2)', logicalTypeOptions: { maximum: 1000 } }",
    ),
    (
        Column,
        "{ name: a, deprecated: true }",
        "deprecated without",
        "{ name: a, deprecated: true, customProperties: [{ property: sunset, value: '2027-01-01' }, { property: replacement, value: id }] }",
    ),
    (
        Column,
        "{ name: a, logicalType: integer, relationships: [{ to: customers.id }] }",
        "a `integer` refers to",
        "{ name: a, logicalType: string, relationships: [{ to: customers.id }] }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, relationships: [{ to: customers.name }] }",
        "neither unique nor",
        "{ name: a, logicalType: string, relationships: [{ to: customers.id }] }",
    ),
    (
        Column,
        "{ name: a, logicalType: string, relationships: [{ to: custmers.id }] }",
        "`custmers.id`, which is not there",
        "{ name: a, logicalType: string, relationships: [{ to: customers.id }] }",
    ),
    (
        Column,
        "{ name: a, quality: [{ metric: rowCount, mustBeGreaterThan: 0 }] }",
        "no rows of its own",
        "{ name: a, quality: [{ metric: nullValues, mustBe: 0 }] }",
    ),
    (
        Column,
        "{ name: a, quality: [{ metric: invalidValues, mustBe: 0 }] }",
        "does not say what it looks at",
        "{ name: a, quality: [{ metric: invalidValues, mustBe: 0, arguments: { validValues: [x] } }] }",
    ),
    (
        Column,
        "{ name: a, quality: [{ metric: nullValues, mustBeGreaterOrEqualTo: 0 }] }",
        "says nothing",
        "{ name: a, quality: [{ metric: nullValues, mustBeLessOrEqualTo: 0 }] }",
    ),
    (
        Column,
        "{ name: a, quality: [{ metric: nullValues, mustBe: 0, severity: eror }] }",
        "no known severity",
        "{ name: a, quality: [{ metric: nullValues, mustBe: 0, severity: error }] }",
    ),
    (
        Column,
        "{ name: a, quality: [{ metric: nullValues, mustBe: 0, unit: percnt }] }",
        "reads like `percent`",
        "{ name: a, quality: [{ metric: nullValues, mustBe: 0, unit: percent }] }",
    ),
    (
        Column,
        "{ name: a, quality: [{ name: n, metric: nullValues, mustBe: 0 }, { name: n, metric: duplicateValues, mustBe: 0 }] }",
        "another rule is called `n`",
        "{ name: a, quality: [{ name: n, metric: nullValues, mustBe: 0 }, { name: m, metric: duplicateValues, mustBe: 0 }] }",
    ),
    (
        Column,
        "{ name: a, quality: [{ type: text }] }",
        "says nothing",
        "{ name: a, quality: [{ type: text, description: Never empty. }] }",
    ),
    (
        Table,
        "quality: [{ metric: duplicateValues, mustBe: 0 }]",
        "does not say what it looks at",
        "quality: [{ metric: duplicateValues, mustBe: 0, arguments: { properties: [name] } }]",
    ),
    (
        Top,
        "slaProperties: [{ property: latency, value: 4, unit: d, element: orders.nmae }]",
        "`orders.nmae`, which is no column",
        "slaProperties: [{ property: latency, value: 4, unit: d, element: orders.name }]",
    ),
    (
        Top,
        "slaProperties: [{ property: latency, value: 4, unit: d, element: oders.name }]",
        "`oders.name`, which is not there",
        "slaProperties: [{ property: latency, value: 4, unit: d, element: 'orders.name, customers' }]",
    ),
    (
        Top,
        "slaDefaultElement: orders.nope",
        "which is no column",
        "slaDefaultElement: orders.name",
    ),
    (
        Top,
        "slaProperties: [{ property: latency, value: 4, unit: dayz }]",
        "reads like `day",
        "slaProperties: [{ property: latency, value: 4, unit: days }]",
    ),
    (
        Top,
        "slaProperties: [{ property: latency, value: 4 }]",
        "has no unit",
        "slaProperties: [{ property: latency, value: PT4H }]",
    ),
    (
        Top,
        "slaProperties: [{ property: latncy, value: 4, unit: d }]",
        "reads like the property `latency`",
        "slaProperties: [{ property: latency, value: 4, unit: d }]",
    ),
    (
        Top,
        "slaProperties: [{ property: endOfSupport, value: soon }]",
        "is a day",
        "slaProperties: [{ property: endOfSupport, value: '2032-05-12T09:30:10-08:00' }]",
    ),
    (
        Top,
        "team: { name: t, members: [{ username: a, replacedByUsername: c }, { username: b }] }",
        "`c` is not on the team",
        "team: { name: t, members: [{ username: a, replacedByUsername: b }, { username: b }] }",
    ),
    (
        Top,
        "team: { name: t, members: [{ username: a, role: Owner, dateOut: '2024-01-01' }, { username: b, role: Analyst }] }",
        "every owner has a day of leaving",
        "team: { name: t, members: [{ username: a, role: Owner, dateOut: '2024-01-01' }, { username: b, role: Owner }] }",
    ),
    (
        Top,
        "team: { name: t, members: [{ username: a }, { username: a }] }",
        "on the team twice",
        "team: { name: t, members: [{ username: a }, { username: b }] }",
    ),
    (
        Top,
        "roles: [{ role: r, access: read }, { role: r, access: read }]",
        "the role `r` stands twice",
        "roles: [{ role: r, access: read }, { role: r, access: write }]",
    ),
    (
        Top,
        "price: { priceAmount: 1, priceCurrency: euro }",
        "not a code of ISO 4217",
        "price: { priceAmount: 1, priceCurrency: EUR }",
    ),
    (
        Top,
        "customProperties: [{ property: a, value: 1 }, { property: a, value: 2 }]",
        "the custom property `a` stands twice",
        "customProperties: [{ property: a, value: 1 }, { property: b, value: 2 }]",
    ),
    (
        Top,
        "support: [{ channel: c, tool: slck }]",
        "reads like `slack`",
        "support: [{ channel: c, tool: mattermost }]",
    ),
    (
        Top,
        "support: [{ channel: c, url: 'not an address' }]",
        "is not an address",
        "support: [{ channel: c, url: 'https://chat.example/c' }]",
    ),
    (
        Top,
        "servers: [{ server: p, type: s3, location: 'gs://bucket/x' }]",
        "does not lie at",
        "servers: [{ server: p, type: s3, location: 's3://bucket/x' }]",
    ),
    (
        Top,
        "servers: [{ server: p, type: api, environment: producton, location: 'https://x.example' }]",
        "reads like `production`",
        "servers: [{ server: p, type: api, environment: prod, location: 'https://x.example' }]",
    ),
    (
        Top,
        "status: actve",
        "nobody said what the status `actve` means",
        "status: active",
    ),
    (
        Column,
        "{ name: a, classification: confidental }",
        "the classification `confidental`",
        "{ name: a, classification: confidential }",
    ),
];

/// Puts a piece into a contract without faults.
fn with(at: At, piece: &str) -> String {
    let (mut top, mut table, mut column) = (String::new(), String::new(), String::new());
    match at {
        Top => top = format!("{piece}\n"),
        Table => table = format!("    {piece}\n"),
        Column => column = format!(", {piece}"),
    }
    let status = if piece.starts_with("status") {
        ""
    } else {
        "status: active\n"
    };
    let id = "{ name: id, logicalType: string, primaryKey: true, primaryKeyPosition: 1 }";
    let name = "{ name: name, logicalType: string }";
    let key = "{ name: id, logicalType: string, primaryKey: true }";
    format!(
        "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\n{status}{top}schema:\n\
         \x20 - name: orders\n{table}    properties: [{id}, {name}{column}]\n\
         \x20 - name: customers\n    properties: [{key}, {name}]\n"
    )
}

fn said(text: &str) -> Vec<Problem> {
    parse(text).problems
}

#[test]
fn what_no_schema_finds_is_found() {
    let schemas = folder().map(|folder| Schemas::load(&folder));
    let mut wrong = Vec::new();
    for (cases, gravity) in [(FAULTS, Gravity::Fault), (DOUBTS, Gravity::Doubt)] {
        for (at, piece, words, right) in cases {
            let (text, peaceful) = (with(*at, piece), with(*at, right));
            let problems = said(&text);
            let fits = |one: &Problem| one.gravity == gravity && one.message.contains(words);
            if !problems.iter().any(fits) {
                wrong.push(format!("{piece}\n  {problems:?}"));
            }
            let beside = said(&peaceful);
            if !beside.is_empty() {
                wrong.push(format!("{right} is fine, but\n  {beside:?}"));
            }
            if let Some(schemas) = &schemas {
                // Names that stand twice are beyond a schema as well.
                let errors = schemas.errors(&to_json(&text)).unwrap();
                assert!(errors.is_empty(), "a schema finds {piece}: {errors:?}");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_makes_no_sense_is_said_once_and_where_it_stands() {
    for (at, piece, ..) in FAULTS.iter().chain(DOUBTS) {
        let text = with(*at, piece);
        let mut messages: Vec<_> = said(&text)
            .into_iter()
            .map(|one| {
                let place = text.get(one.span.start as usize..one.span.end as usize);
                assert!(place.is_some_and(|place| !place.is_empty()), "{one:?}");
                assert!(one.help.is_some(), "{one:?}");
                (one.span.start, one.message)
            })
            .collect();
        let count = messages.len();
        messages.dedup();
        assert_eq!(messages.len(), count, "{piece}");
        assert_eq!(count, 1, "{piece}: {messages:?}");
    }
}
