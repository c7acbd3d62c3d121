//! The vocabulary: the Cedar schema that every policy is held against.

use std::sync::LazyLock;

use cedar_policy::{Schema, SchemaFragment};

/// The schema's text.
pub const VOCABULARY: &str = include_str!("../../../policies/vocabulary.cedarschema");

static SCHEMA: LazyLock<Result<Schema, String>> = LazyLock::new(|| {
    let (fragment, _) =
        SchemaFragment::from_cedarschema_str(VOCABULARY).map_err(|error| error.to_string())?;
    Schema::from_schema_fragments([fragment]).map_err(|error| error.to_string())
});

/// Returns the parsed vocabulary.
///
/// # Errors
///
/// Fails only where the built-in schema is broken, which a test keeps from being released.
pub fn vocabulary() -> Result<&'static Schema, &'static str> {
    SCHEMA.as_ref().map_err(String::as_str)
}
