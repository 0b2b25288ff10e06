//! (filled in by the first capability that lands here)
