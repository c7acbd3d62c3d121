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
