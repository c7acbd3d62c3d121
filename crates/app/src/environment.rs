//! Names of variables in, what the environment says out.

/// Returns a variable that says something; an empty one says nothing.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
