//! The global scopes that a test may ask for, as in
//! `// META: global=window,worker`.

/// Where a test runs that does not say it.
const DEFAULT: [&str; 2] = ["window", "dedicatedworker"];

/// Names that stand for several.
const SHORTHANDS: [(&str, &[&str]); 2] = [
    (
        "worker",
        &["dedicatedworker", "sharedworker", "serviceworker"],
    ),
    (
        "shadowrealm",
        &[
            "shadowrealm-in-window",
            "shadowrealm-in-shadowrealm",
            "shadowrealm-in-dedicatedworker",
            "shadowrealm-in-sharedworker",
            "shadowrealm-in-serviceworker",
            "shadowrealm-in-audioworklet",
        ],
    ),
];

/// Whether a value of `global` names this scope, itself or by a shorthand. What
/// means nothing (`jsshell` is no scope of a browser) is left alone, as are `!x`
/// and `-x`, which take nothing away.
pub(super) fn names(value: &str, scope: &str) -> bool {
    if value.is_empty() {
        return DEFAULT.contains(&scope);
    }
    let mut items = value.split(',').map(|item| item.trim_matches(is_space));
    items.any(|item| {
        let shorthand = SHORTHANDS.iter().find(|(name, _)| *name == item);
        shorthand.map_or(item == scope, |(_, scopes)| scopes.contains(&scope))
    })
}

/// What Python's `str.strip()` takes away.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_names_scopes() {
        for (value, named, not_named) in [
            (
                "",
                &["window", "dedicatedworker"][..],
                &["sharedworker", "window-module"][..],
            ),
            ("window", &["window"], &["dedicatedworker"]),
            (
                "sharedworker",
                &["sharedworker"],
                &["window", "dedicatedworker"],
            ),
            (
                "worker",
                &["dedicatedworker", "sharedworker", "serviceworker"],
                &["window", "dedicatedworker-module", "worker"],
            ),
            (
                "dedicatedworker-module",
                &["dedicatedworker-module"],
                &["dedicatedworker"],
            ),
            (
                "shadowrealm",
                &["shadowrealm-in-window", "shadowrealm-in-audioworklet"],
                &["shadowrealm", "window"],
            ),
            (
                " window ,\tserviceworker\r",
                &["window", "serviceworker"],
                &["dedicatedworker"],
            ),
            ("jsshell", &[], &["window", "dedicatedworker"]),
            ("!default,window", &["window"], &["dedicatedworker"]),
            ("window,!window,-window", &["window"], &["dedicatedworker"]),
            (",", &[], &["window"]),
            (" ", &[], &["window"]),
            ("Window", &[], &["window"]),
        ] {
            for scope in named {
                assert!(names(value, scope), "{value:?} {scope}");
            }
            for scope in not_named {
                assert!(!names(value, scope), "{value:?} {scope}");
            }
        }
    }
}
