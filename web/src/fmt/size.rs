//! Sizes of files.

/// `840 B`, `12 kB`, `3.4 MB`.
pub(crate) fn show(size: i32) -> String {
    if size < 1_000 {
        return [size.to_string().as_str(), " B"].concat();
    }
    if size < 1_000_000 {
        return [(size / 1_000).to_string().as_str(), " kB"].concat();
    }
    let tenths = size / 100_000;
    [&(tenths / 10).to_string(), ".", &(tenths % 10).to_string(), " MB"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (size, shown) in [
            (840, "840 B"),
            (12_345, "12 kB"),
            (3_456_789, "3.4 MB"),
            (10_485_760, "10.4 MB"),
        ] {
            assert_eq!(show(size), shown);
        }
    }
}
