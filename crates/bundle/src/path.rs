//! A path in, whether a bundle may hold it out.

use crate::error::PathFault;

const LONGEST: usize = 200;

/// Says why a path does not belong into a bundle.
///
/// # Errors
///
/// Returns the first fault.
pub(crate) fn check(path: &str) -> Result<(), PathFault> {
    if path.len() > LONGEST {
        return Err(PathFault::Length);
    }
    if path.starts_with('/') || path.starts_with('\\') || path.get(1..2) == Some(":") {
        return Err(PathFault::Absolute);
    }
    let parts: Vec<&str> = path.split('/').collect();
    if parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
        return Err(PathFault::Traversal);
    }
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !parts.iter().all(|part| part.chars().all(is_plain)) {
        return Err(PathFault::Characters);
    }
    match parts.as_slice() {
        ["org", _, _, "policy.cedar" | "README.md"] => Ok(()),
        _ => Err(PathFault::Layout),
    }
}
