//! The routes of `wpt serve`, in its order.

use std::time::Duration;

use super::super::ConfigError;
use super::{Alias, WptSettings};
use crate::routes::{Action, BadPattern, Latency, Pattern, Route, Template};

/// What is answered by another file.
const REWRITES: [(&str, &str); 1] = [(
    "/resources/WebIDLParser.js",
    "/resources/webidl2/lib/webidl2.js",
)];

/// What is served all the same.
const ALLOWED: [&str; 1] = ["/tools/runner/*"];

/// What clients are kept from.
const FORBIDDEN: [&str; 4] = ["/_certs/*", "/tools/*", "/{spec}/tools/*", "/results/"];

/// The routes in front of the checkout's own files.
pub(super) fn routes(settings: &WptSettings) -> Result<Vec<Route>, ConfigError> {
    let mut routes = Vec::new();
    routes.extend(settings.latency.map(late).transpose()?);
    for (path, to) in REWRITES {
        let path = Pattern::parse(path)?;
        let to = Template::parse(to, &path)?;
        routes.push(get(path, Action::Rewrite(to)));
    }
    for path in ALLOWED {
        routes.push(get(Pattern::parse(path)?, Action::Plugins));
    }
    for path in FORBIDDEN {
        routes.push(Route::new(Pattern::parse(path)?, Action::Error(404)));
    }
    // The later ones go before.
    for Alias {
        url_path,
        local_dir,
    } in settings.aliases.iter().flatten().rev()
    {
        let folder = Action::Folder(local_dir.clone());
        routes.push(Route::new(alias(url_path)?, folder));
    }
    Ok(routes)
}

/// The paths of an alias: those of a folder, or the one of a file, which lies in
/// the alias' folder by its last name.
pub(super) fn alias(url_path: &str) -> Result<Pattern, BadPattern> {
    if url_path.ends_with('/') {
        return Pattern::parse(&format!("{url_path}*"));
    }
    Pattern::parse(url_path)
}

fn get(path: Pattern, action: Action) -> Route {
    Route {
        methods: Some(vec!["GET".to_owned()]),
        ..Route::new(path, action)
    }
}

fn late(latency: Duration) -> Result<Route, BadPattern> {
    Ok(Route {
        path: Pattern::parse("*")?,
        methods: None,
        action: None,
        latency: Some(Latency {
            least: latency,
            most: latency,
        }),
        fallback: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_in_the_order_of_wpt() {
        let alias = |url_path: &str| Alias {
            url_path: url_path.to_owned(),
            local_dir: "d".into(),
        };
        let settings = WptSettings {
            latency: Some(Duration::from_millis(5)),
            aliases: Some(vec![alias("/a/"), alias("/b/c.js")]),
            ..WptSettings::default()
        };
        let routes = routes(&settings).unwrap();
        let paths: Vec<String> = routes.iter().map(|r| r.path.to_string()).collect();
        assert_eq!(
            paths,
            [
                "/*",
                "/resources/WebIDLParser.js",
                "/tools/runner/*",
                "/_certs/*",
                "/tools/*",
                "/{spec}/tools/*",
                "/results/",
                "/b/c.js",
                "/a/*",
            ]
        );
    }
}
