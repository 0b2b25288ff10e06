//! Sizes of files.

/// `840 B`, `12 kB`, `3.4 MB`, `1.2 GB`.
pub(crate) fn show(size: impl Into<i64>) -> String {
    shown(size.into())
}

fn shown(size: i64) -> String {
    if size < 1_000 {
        return [size.to_string().as_str(), " B"].concat();
    }
    if size < 1_000_000 {
        return [(size / 1_000).to_string().as_str(), " kB"].concat();
    }
    let (tenths, unit) = if size < 1_000_000_000 {
        (size / 100_000, " MB")
    } else {
        (size / 100_000_000, " GB")
    };
    [&(tenths / 10).to_string(), ".", &(tenths % 10).to_string(), unit].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (size, shown) in [
            (840_i64, "840 B"),
            (12_345, "12 kB"),
            (3_456_789, "3.4 MB"),
            (10_485_760, "10.4 MB"),
            (3_400_000_000, "3.4 GB"),
        ] {
            assert_eq!(show(size), shown);
        }
    }
}
