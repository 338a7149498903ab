//! The file `host.toml`: every key, and what each must hold. A file whose name
//! ends in `.json` has those of wptserve; see `wptserve/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use host_runtime::{Grant, Limits as HandlerLimits};

use super::limits::{CONNECTION, HANDLER, Limit, REUSE};
use super::names::{address, host_name, pipe, tenant_name};
use super::quantity;
use super::routes::{hidden, routes};
use super::table::{Entry, Reader, Table, is_json};
use super::{Changes, ConfigError, DEFAULT_TENANT, Settings, TenantSettings, wptserve};

/// Reads a file. Every mistake in it is found before it is refused.
///
/// # Errors
/// [`ConfigError::Unreadable`] and [`ConfigError::Problems`].
pub fn read(file: &Path) -> Result<Settings, ConfigError> {
    let text = fs::read_to_string(file).map_err(|source| ConfigError::Unreadable {
        file: file.to_owned(),
        source,
    })?;
    parse(file, &text)
}

pub(super) fn parse(file: &Path, text: &str) -> Result<Settings, ConfigError> {
    let reader = Reader::new(file, text);
    let read = if is_json(file) {
        wptserve::read
    } else {
        settings
    };
    let settings = read(&reader, reader.root());
    reader.finish(settings)
}

fn settings(reader: &Reader<'_>, mut root: Table<'_, '_>) -> Settings {
    let settings = Settings {
        listen: root.read("listen", |entry| entry.list(address)),
        tls_listen: root.read("tls-listen", |entry| entry.list(address)),
        plugins: root.read("plugins", Entry::path),
        hosts: root.read("hosts", |entry| entry.list(host_name)),
        cert: root.read("cert", Entry::path),
        key: root.read("key", Entry::path),
        state: root.read("state", Entry::path),
        dev: root.read("dev", Entry::flag),
        raw: root.read("raw", Entry::flag),
        files: root.read("files", Entry::flag),
        outgoing: outgoing(&mut root),
        outgoing_ca: root.read("outgoing-ca", Entry::path),
        drain_timeout: root.read("drain-timeout", |entry| {
            entry.quantity(quantity::TIME, quantity::time)
        }),
        journal: root.read("journal", Entry::path),
        stash: root.read("stash", Entry::parsed),
        wrappers: root.read("wrappers", Entry::flag),
        inject_script: root.read("inject-script", Entry::path),
        python_runtime: root.read("python-runtime", Entry::path),
        vars: vars(&mut root),
        pipes: pipes(&mut root),
        limits: handlers(&mut root),
        connections: limits(&mut root, "connections", CONNECTION),
        routes: routes(reader, &mut root),
        hidden: hidden(&mut root),
        tenants: root
            .read("tenant", Entry::tables)
            .map(|tables| tenants(reader, tables))
            .unwrap_or_default(),
        log: None,
        wptserve: None,
    };
    let wptserve = root.read("wptserve", Entry::table).map(|mut table| {
        let wptserve = wptserve::read_table(reader, &mut table);
        if wptserve.plugins.is_some() && settings.plugins.is_some() {
            let message = "\"wptserve.doc_root\" is \"plugins\", which is there too";
            reader.report(Some(table.span()), message.to_owned());
        }
        table.finish();
        wptserve
    });
    root.finish();
    settings.over(wptserve.unwrap_or_default())
}

fn vars(table: &mut Table<'_, '_>) -> BTreeMap<String, String> {
    let vars = table.read("vars", Entry::table);
    vars.map(Table::into_strings).unwrap_or_default()
}

fn outgoing(table: &mut Table<'_, '_>) -> Vec<Grant> {
    let grants = table.read("outgoing", |entry| entry.each(Entry::parsed));
    grants.unwrap_or_default()
}

fn pipes(table: &mut Table<'_, '_>) -> BTreeMap<String, PathBuf> {
    let pipes = table.read("pipes", Entry::table);
    let files = pipes.map(|table| table.into_checked(pipe)).into_iter();
    files
        .flatten()
        .map(|(name, file)| (name, file.into()))
        .collect()
}

/// `[limits]`, and `reuse` beside it.
fn handlers(table: &mut Table<'_, '_>) -> Changes<HandlerLimits> {
    let mut changes = limits(table, "limits", HANDLER);
    let reuse = table.read(REUSE.key, |entry| {
        entry.quantity(REUSE.expected(), |text| REUSE.parse(text))
    });
    changes.extend(reuse.map(|value| (REUSE, value)));
    changes
}

fn limits<T: Default>(
    table: &mut Table<'_, '_>,
    key: &'static str,
    known: &'static [Limit<T>],
) -> Changes<T> {
    let Some(mut table) = table.read(key, Entry::table) else {
        return Vec::new();
    };
    let changes = known.iter().filter_map(|limit| {
        let value = table.read(limit.key, |entry| {
            entry.quantity(limit.expected(), |text| limit.parse(text))
        })?;
        Some((limit, value))
    });
    let changes = changes.collect();
    table.finish();
    changes
}

fn tenants(reader: &Reader<'_>, tables: Vec<Table<'_, '_>>) -> Vec<TenantSettings> {
    let mut tenants: Vec<TenantSettings> = Vec::with_capacity(tables.len());
    for mut table in tables {
        let at = table.span();
        let name = table.need("name", |entry| entry.checked(tenant_name));
        let hosts = table.need("hosts", |entry| entry.list(host_name));
        let plugins = table.need("plugins", Entry::path);
        let raw = table.read("raw", Entry::flag);
        let files = table.read("files", Entry::flag);
        let outgoing = outgoing(&mut table);
        let vars = vars(&mut table);
        let pipes = pipes(&mut table);
        let limits = handlers(&mut table);
        let routes = routes(reader, &mut table);
        let hidden = hidden(&mut table);
        table.finish();
        let (Some(name), Some(hosts), Some(plugins)) = (name, hosts, plugins) else {
            continue;
        };

        if name == DEFAULT_TENANT || tenants.iter().any(|other| other.name == name) {
            reader.report(Some(at.clone()), format!("a second tenant \"{name}\""));
        }
        if hosts.is_empty() {
            let message = format!("the tenant \"{name}\" has no host to answer to");
            reader.report(Some(at.clone()), message);
        }
        for host in &hosts {
            let has = |other: &&TenantSettings| {
                let mut theirs = other.hosts.iter();
                theirs.any(|theirs| theirs.eq_ignore_ascii_case(host))
            };
            if let Some(other) = tenants.iter().find(has) {
                let message = format!("host \"{host}\" belongs to tenant \"{}\"", other.name);
                reader.report(Some(at.clone()), message);
            }
        }
        tenants.push(TenantSettings {
            name,
            hosts,
            plugins,
            raw,
            files,
            outgoing,
            vars,
            pipes,
            limits,
            routes,
            hidden,
        });
    }
    tenants
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::wptserve::WptSettings;

    fn problems(text: &str) -> String {
        parse(Path::new("host.toml"), text).unwrap_err().to_string()
    }

    #[test]
    fn a_whole_file() {
        let text = r#"
            listen = ["127.0.0.1:0"]
            tls-listen = []
            plugins = "plugins"
            hosts = ["Example.test"]
            drain-timeout = "2s"
            dev = true
            [limits]
            memory = "32 MiB"
            handles = 7
            [connections]
            head-bytes = "8 KiB"
            [vars]
            color = "red"
            size = "small"
            [[tenant]]
            name = "a"
            hosts = ["a.test", "*.a.test"]
            plugins = "/srv/a"
            limits = { memory = "1 MiB" }
            vars = { color = "blue" }
        "#;
        let settings = parse(Path::new("/etc/host/host.toml"), text).unwrap();
        let config = settings.complete().unwrap();
        let [listener] = &config.listeners[..] else {
            panic!("{:?}", config.listeners);
        };
        assert_eq!(listener.address, "127.0.0.1:0");
        assert_eq!(config.drain_timeout, Duration::from_secs(2));
        assert!(config.dev);
        assert_eq!(config.connections.wire.head_bytes, 8 << 10);
        let [default, a] = &config.tenants[..] else {
            panic!("{:?}", config.tenants);
        };
        assert_eq!(default.plugins, PathBuf::from("/etc/host/plugins"));
        assert_eq!(default.hosts, ["example.test"]);
        assert_eq!(default.limits.handles, 7);
        assert_eq!(default.vars["color"], "red");
        assert_eq!(a.plugins, PathBuf::from("/srv/a"));
        assert_eq!(a.limits.handles, 7);
        assert_eq!(a.limits.memory, 1 << 20);
        assert_eq!(a.vars["color"], "blue");
        assert_eq!(a.vars["size"], "small");
    }

    #[test]
    fn who_is_alone_may_write_raw_and_others_must_be_told() {
        let granted = |text: &str| -> Vec<bool> {
            let settings = parse(Path::new("/h/host.toml"), text).unwrap();
            let tenants = settings.complete().unwrap().tenants;
            tenants.iter().map(|tenant| tenant.raw).collect()
        };
        let tenant = |name: &str, raw: &str| {
            format!(
                "[[tenant]]\nname = \"{name}\"\nhosts = [\"{name}.test\"]\nplugins = \"p\"\n{raw}\n"
            )
        };
        let (a, b) = (tenant("a", ""), tenant("b", "raw = true"));
        assert_eq!(granted("plugins = \"p\""), [true]);
        assert_eq!(granted("plugins = \"p\"\nraw = false"), [false]);
        assert_eq!(granted(&a), [true]);
        assert_eq!(granted(&(a.clone() + &b)), [false, true]);
        let both = format!("plugins = \"p\"\n{a}{b}");
        assert_eq!(granted(&both), [false, false, true]);
        assert_eq!(granted(&format!("raw = true\n{both}")), [true, false, true]);
    }

    #[test]
    fn wrappers_are_asked_for_or_come_with_wptserves_configuration() {
        let settings = |text: &str| parse(Path::new("/h/host.toml"), text).unwrap();
        let plain = settings("plugins = \"p\"").complete().unwrap();
        assert_eq!((plain.wrappers, plain.inject_script), (false, None));
        let text = "plugins = \"p\"\nwrappers = true\ninject-script = \"i.js\"";
        let asked = settings(text).complete().unwrap();
        assert!(asked.wrappers);
        assert_eq!(asked.inject_script, Some(PathBuf::from("/h/i.js")));
        let mut preset = settings("plugins = \"p\"");
        preset.wptserve = Some(WptSettings::default());
        assert!(preset.complete().unwrap().wrappers);
    }

    #[test]
    fn mistakes_have_a_place_and_a_way_out() {
        for (text, expected) in [
            (
                "lissten = []",
                "host.toml:1:1: unknown key \"lissten\"; did you mean \"listen\"?",
            ),
            (
                "[limits]\n  memori = 1",
                "host.toml:2:3: unknown key \"limits.memori\"; did you mean \"memory\"?",
            ),
            (
                "dev = \"yes\"",
                "host.toml:1:7: \"dev\": expected true or false, found \"yes\"",
            ),
            (
                "listen = \"127.0.0.1:1\"",
                "host.toml:1:10: \"listen\": expected a list of strings, as in [\"a\", \"b\"], found \"127.0.0.1:1\"",
            ),
            (
                "[limits]\nmemory = 64",
                "host.toml:2:10: \"limits.memory\": expected a size such as \"64 MiB\" (units: B, KiB, MiB, GiB), found 64",
            ),
            (
                "[connections]\nhead-fields = \"9 B\"",
                "host.toml:2:15: \"connections.head-fields\": expected a whole number such as 100, found \"9 B\"",
            ),
            (
                "[limits]\nwall-time = \"soon\"",
                "host.toml:2:13: \"limits.wall-time\": expected a time such as \"30s\" (units: ms, s, min, h), found \"soon\"",
            ),
            (
                "vars = { a = 1 }",
                "host.toml:1:14: \"vars.a\": expected a string in quotes, found 1",
            ),
            (
                "pipes = { \"a(b\" = \"a.wasm\" }",
                "host.toml:1:19: \"pipes.a(b\": a pipe's name has neither ( nor | in it, nor is it one of host's own",
            ),
            (
                "[pipes]\nshout = \"../shout.wasm\"",
                "host.toml:2:9: \"pipes.shout\": expected a component beneath the folder, as in \"pipes/shout.wasm\", found \"../shout.wasm\"",
            ),
            (
                "outgoing = [\"http://a.test\"]",
                "host.toml:1:13: \"outgoing\": expected a server such as \"api.example.test\", \"*.example.test\" or \"127.0.0.1:9000\", found \"http://a.test\"",
            ),
            (
                "tenant = 1",
                "host.toml:1:10: \"tenant\": expected a list of tables, as in [[tenant]], found 1",
            ),
            (
                "stash = \"rediss://:secret@h\"",
                "host.toml:1:9: \"stash\": expected \"memory\", \"redis://HOST:PORT/DB\" or \"unix:///PATH\" (Redis's socket), found \"rediss://…\": TLS to Redis is not supported; put a tunnel such as stunnel between",
            ),
            (
                "[[tenant]]\nname = \"a\"\nhosts = [\"a\"]",
                "host.toml:1:1: \"tenant.plugins\" is missing",
            ),
        ] {
            assert_eq!(problems(text), expected);
        }
    }

    #[test]
    fn every_mistake_is_told_in_the_order_of_the_file() {
        let told = problems("a = 1\nhosts = [\"x:1\", \"ok\", 5]\ndev = 3\n");
        let places: Vec<&str> = told.lines().map(|l| &l[..l.find(": ").unwrap()]).collect();
        assert_eq!(
            places,
            [
                "host.toml:1:1",
                "host.toml:2:10",
                "host.toml:2:23",
                "host.toml:3:7"
            ]
        );
    }

    #[test]
    fn what_is_no_toml_says_where() {
        let told = problems("listen = [\nplugins = \"ä\" \"b\"");
        assert!(told.starts_with("host.toml:"), "{told}");
    }

    #[test]
    fn tenants_cannot_share_a_name_or_a_host() {
        let tenant = |name: &str, host: &str| {
            format!("[[tenant]]\nname = \"{name}\"\nhosts = [\"{host}\"]\nplugins = \"p\"\n")
        };
        let told = problems(&(tenant("a", "x.test") + &tenant("a", "X.TEST")));
        assert_eq!(
            told,
            "host.toml:5:1: a second tenant \"a\"\nhost.toml:5:1: host \"X.TEST\" belongs to tenant \"a\""
        );
        assert!(problems(&tenant("default", "x")).contains("a second tenant"));
    }
}
