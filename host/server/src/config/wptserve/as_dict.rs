//! wptserve's `Config.as_dict()`, as scripts have it in `request.server.config`.

use std::collections::BTreeMap;

use host_content::Facts;
use host_content::template::Domains;
use serde_json::{Map, Value, json};

/// The variable in which `config.get` of the WIT gives it to scripts, as JSON.
pub(crate) const VARIABLE: &str = "wptserve";

/// What templates are told of the server, under wptserve's keys.
pub(crate) fn as_dict(facts: &Facts) -> Value {
    let domains = without(&facts.domains, &facts.not_domains);
    let alternates = facts.domains.iter().filter(|(name, _)| !name.is_empty());
    let alternates: BTreeMap<_, _> = alternates
        .filter_map(|(name, names)| Some((name, names.get("")?)))
        .collect();
    let given = json!({
        "browser_host": facts.browser_host,
        "server_host": facts.browser_host,
        "alternate_hosts": alternates,
        // What scripts see of it: their folder is all of their file system.
        "doc_root": "/",
        "ports": facts.ports,
        "subdomains": subdomains(&domains),
        "not_subdomains": subdomains(&facts.not_domains),
        "domains": domains,
        "not_domains": facts.not_domains,
        "all_domains": facts.domains,
        "domains_set": names(&domains),
        "not_domains_set": names(&facts.not_domains),
        "all_domains_set": names(&facts.domains),
        "logging": { "level": "DEBUG", "suppress_handler_traceback": false },
    });
    let more = facts.more.iter().map(|(key, text)| {
        let value = match &**text {
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            text => Value::from(text),
        };
        (key.clone(), value)
    });
    let mut dict = Map::from_iter(given.as_object().cloned().unwrap_or_default());
    dict.extend(more);
    Value::Object(dict)
}

/// The names of `all` that are not in `others`.
fn without(all: &Domains, others: &Domains) -> Domains {
    let of = |(host, names): (&String, &BTreeMap<String, String>)| {
        let mut names = names.clone();
        if let Some(others) = others.get(host) {
            names.retain(|name, _| !others.contains_key(name));
        }
        (host.clone(), names)
    };
    all.iter().map(of).collect()
}

/// What stands before the names of the host itself.
fn subdomains(domains: &Domains) -> Vec<&String> {
    let own = domains.get("").into_iter().flatten();
    own.map(|(name, _)| name)
        .filter(|name| !name.is_empty())
        .collect()
}

/// All full names.
fn names(domains: &Domains) -> Vec<&String> {
    domains.values().flat_map(BTreeMap::values).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names<const N: usize>(names: [(&str, &str); N]) -> BTreeMap<String, String> {
        let owned = names.map(|(name, full)| (name.to_owned(), full.to_owned()));
        owned.into()
    }

    #[test]
    fn it_has_wptserve_s_keys() {
        let main = names([("", "a.test"), ("www", "www.a.test"), ("no", "no.a.test")]);
        let facts = Facts {
            browser_host: "a.test".to_owned(),
            domains: [
                (String::new(), main),
                ("alt".to_owned(), names([("", "b.test")])),
            ]
            .into(),
            not_domains: [(String::new(), names([("no", "no.a.test")]))].into(),
            ports: [("http".to_owned(), vec![80])].into(),
            more: names([("server_host", "127.0.0.1"), ("bind_address", "False")]),
            ..Facts::default()
        };
        let dict = as_dict(&facts);
        assert_eq!(dict["browser_host"], "a.test");
        assert_eq!(dict["server_host"], "127.0.0.1");
        assert_eq!(dict["bind_address"], false);
        assert_eq!(dict["ports"]["http"][0], 80);
        assert_eq!(dict["alternate_hosts"], json!({ "alt": "b.test" }));
        assert_eq!(
            dict["domains"][""],
            json!({ "": "a.test", "www": "www.a.test" })
        );
        assert_eq!(dict["all_domains"][""]["no"], "no.a.test");
        assert_eq!(dict["subdomains"], json!(["www"]));
        assert_eq!(dict["not_subdomains"], json!(["no"]));
        assert_eq!(dict["not_domains_set"], json!(["no.a.test"]));
    }
}
