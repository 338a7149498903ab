//! Medians and how they are shown.

/// The value at that share of the sorted samples, as in 0.5 for the median.
pub(crate) fn quantile(samples: &mut [f64], share: f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    let last = samples.len().saturating_sub(1);
    samples
        .get((last as f64 * share).round() as usize)
        .copied()
        .unwrap_or(f64::NAN)
}

/// Prints a table's title.
pub(crate) fn title(text: &str) {
    println!("\n{text}");
}

/// Prints one line of a table.
pub(crate) fn line(name: &str, value: &str, note: &str) {
    println!("  {name:<56} {value:>14}  {note}");
}
