//! The solver that proofs need, where there is one.

#![allow(clippy::print_stdout, reason = "a test says what it skips")]

/// Tells whether there is a solver; without one there is nothing to test.
pub fn has_solver() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&path);
    let found =
        std::env::var_os("CVC5").is_some() || folders.any(|folder| folder.join("cvc5").is_file());
    if !found {
        println!("skipped: cvc5 is not installed");
    }
    found
}
