//! What must hold for any bytes that are read as a bundle.

use meshlaw_bundle::{Bundle, Hash, MOST_FILES};

/// Reads bytes as a bundle: what is accepted is exactly what would be written, and leads nowhere.
pub fn parse_bundle(bytes: &[u8]) {
    let Ok(bundle) = Bundle::read(bytes) else {
        return;
    };
    assert_eq!(bundle.to_text().as_bytes(), bytes);
    assert_eq!(Hash::of(bundle.to_text().as_bytes()), Hash::of(bytes));
    assert!(bundle.files().len() <= MOST_FILES);
    assert!(
        bundle
            .files()
            .is_sorted_by(|one, other| one.path < other.path)
    );
    for file in bundle.files() {
        let parts: Vec<&str> = file.path.split('/').collect();
        assert_eq!((parts.len(), parts[0]), (4, "org"), "{}", file.path);
        assert!(
            !parts.contains(&"..") && !parts.contains(&"."),
            "{}",
            file.path
        );
        assert!(!file.path.contains(['\\', '\0', ':']), "{}", file.path);
    }
    let again = Bundle::new(
        bundle.name(),
        bundle.parameters().clone(),
        bundle.files().to_vec(),
    )
    .unwrap();
    assert_eq!(again, bundle);
}
