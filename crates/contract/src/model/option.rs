//! Details of a field that bound its values: logical type options of the Open Data Contract
//! Standard that the model has no attribute of its own for.

/// Zone of times that state none.
pub const DEFAULT_TIMEZONE: &str = "logicalTypeOptions.defaultTimezone";
/// How many numbers a vector has.
pub const DIMENSIONS: &str = "logicalTypeOptions.dimensions";
/// How far apart two vectors are.
pub const DISTANCE_METRIC: &str = "logicalTypeOptions.distanceMetric";
/// Of which numbers a vector is made.
pub const ELEMENT_TYPE: &str = "logicalTypeOptions.elementType";
/// What made a vector.
pub const EMBEDDING_MODEL: &str = "logicalTypeOptions.embeddingModel";
/// Version of what made a vector.
pub const EMBEDDING_MODEL_VERSION: &str = "logicalTypeOptions.embeddingModelVersion";
/// Flag that the greatest value is left out itself, up to version 3.0.
pub const EXCLUSIVE_MAXIMUM: &str = "logicalTypeOptions.exclusiveMaximum";
/// Flag that the least value is left out itself, up to version 3.0.
pub const EXCLUSIVE_MINIMUM: &str = "logicalTypeOptions.exclusiveMinimum";
/// Most elements of an array.
pub const MAX_ITEMS: &str = "logicalTypeOptions.maxItems";
/// Most members of an object.
pub const MAX_PROPERTIES: &str = "logicalTypeOptions.maxProperties";
/// Fewest elements of an array.
pub const MIN_ITEMS: &str = "logicalTypeOptions.minItems";
/// Fewest members of an object.
pub const MIN_PROPERTIES: &str = "logicalTypeOptions.minProperties";
/// What every value is a multiple of.
pub const MULTIPLE_OF: &str = "logicalTypeOptions.multipleOf";
/// Whether vectors have the length one.
pub const NORMALIZED: &str = "logicalTypeOptions.normalized";
/// Whether times carry their zone.
pub const TIMEZONE: &str = "logicalTypeOptions.timezone";
/// Whether no element of an array stands twice.
pub const UNIQUE_ITEMS: &str = "logicalTypeOptions.uniqueItems";

/// Returns the least and the greatest number of a format of integers, such as `i8` or `u64`.
pub fn integer_range(format: &str) -> Option<(i128, u128)> {
    let (sign, bits) = format.split_at_checked(1)?;
    let bits = [8_u32, 16, 32, 64, 128]
        .into_iter()
        .find(|known| known.to_string() == bits)?;
    let greatest = u128::MAX >> (128 - bits);
    match sign {
        "i" => Some((i128::MIN >> (128 - bits), greatest >> 1)),
        "u" => Some((0, greatest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_integers_have_their_ends() {
        assert_eq!(integer_range("i8"), Some((-128, 127)));
        assert_eq!(integer_range("u8"), Some((0, 255)));
        assert_eq!(
            integer_range("i64"),
            Some((i128::from(i64::MIN), 9_223_372_036_854_775_807))
        );
        assert_eq!(integer_range("u128"), Some((0, u128::MAX)));
        for strange in ["", "i", "i7", "f32", "int", "é8"] {
            assert_eq!(integer_range(strange), None, "{strange}");
        }
    }
}
