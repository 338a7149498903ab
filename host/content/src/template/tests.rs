//! Row by row through wptserve's template language.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;

use bytes::Bytes;
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use host_wire::{ConnectionInfo, Fields, Protocol};
use tempfile::TempDir;

use super::*;
use crate::Facts;

/// A GET to port 8000 of this machine.
pub(crate) fn head(target: &str, authority: Option<&'static str>) -> Head {
    Head {
        protocol: Protocol::Http11,
        method: Bytes::from("GET"),
        target: Bytes::from(target.to_owned()),
        authority: authority.map(Bytes::from),
        scheme: Bytes::from("http"),
        connect_protocol: None,
        request_line: Bytes::new(),
        fields: Fields::new(),
        stream_id: 0,
        connection: Arc::new(ConnectionInfo {
            id: 1,
            peer: ([127, 0, 0, 1], 1).into(),
            local: ([127, 0, 0, 1], 8000).into(),
            tls: None,
            journal: None,
        }),
    }
}

/// wpt's hosts, a folder with `hash.txt`, and a request for
/// `/dir/page.sub.html?a=1&b=<&c`.
pub(crate) fn context() -> (TempDir, Context) {
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path().join("root");
    fs::create_dir_all(root.join("dir")).unwrap();
    fs::write(root.join("hash.txt"), "hello").unwrap();
    fs::write(temp.path().join("secret"), "secret").unwrap();
    symlink("../secret", root.join("out")).unwrap();
    let hosts = Hosts {
        browser_host: "web-platform.test".to_owned(),
        alternate_hosts: [("alt".to_owned(), "not-web-platform.test".to_owned())].into(),
        subdomains: ["www", "天気の良い日", "élève", "1"]
            .map(str::to_owned)
            .into(),
        not_subdomains: vec!["nonexistent".to_owned()],
    };
    let facts = Facts {
        doc_root: "/srv/wpt".into(),
        url_base: "/".to_owned(),
        browser_host: hosts.browser_host.clone(),
        domains: hosts.all_domains().unwrap(),
        not_domains: hosts.not_domains().unwrap(),
        ports: BTreeMap::from([
            ("http".to_owned(), vec![8000, 8001]),
            ("ws".to_owned(), vec![]),
        ]),
        more: [("server_host", "127.0.0.1"), ("check_subdomains", "True")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
    };
    let mut head = head(
        "/dir/page.sub.html?a=1&b=%3C&c&a=2",
        Some("www.web-platform.test:8000"),
    );
    head.fields.append("X-Test", "a \"b\"");
    head.fields.append("X-Two", "1");
    head.fields.append("x-two", "2");
    head.fields.append("Cookie", "a=1");
    head.fields.append("Cookie", "b=2");
    let site = Site {
        dir: Arc::new(Dir::open_ambient_dir(&root, ambient_authority()).unwrap()),
        raw: false,
        wrappers: false,
        inject: None,
        hidden: crate::Hidden::default(),
        facts: Arc::new(facts),
        pipes: Arc::default(),
    };
    (temp, Context { site, head })
}

fn run(content: &str, escape: Escape) -> Result<String, TemplateError> {
    let (_temp, context) = context();
    substitute(content.as_bytes(), "/f", escape, &context)
        .map(|bytes| String::from_utf8(bytes).unwrap())
}

fn plain(content: &str) -> String {
    run(content, Escape::None).unwrap()
}

fn reason(content: &str) -> (usize, Reason) {
    let error = run(content, Escape::None).unwrap_err();
    (error.offset, error.reason)
}

#[test]
fn settings() {
    assert_eq!(plain("{{host}}"), "web-platform.test");
    assert_eq!(plain("{{browser_host}}"), "web-platform.test");
    assert_eq!(plain("{{server_host}}"), "127.0.0.1");
    assert_eq!(plain("{{check_subdomains}}"), "True");
    assert_eq!(plain("{{doc_root}}"), "/srv/wpt");
    assert_eq!(plain("{{url_base}}"), "/");
}

#[test]
fn domains_hosts_and_ports() {
    assert_eq!(plain("{{domains[]}}"), "web-platform.test");
    assert_eq!(plain("{{domains[www]}}"), "www.web-platform.test");
    assert_eq!(
        plain("{{domains[élève]}}"),
        "xn--lve-6lad.web-platform.test"
    );
    assert_eq!(
        plain("{{domains[天気の良い日]}}"),
        "xn--n8j6ds53lwwkrqhv28a.web-platform.test"
    );
    assert_eq!(
        plain("{{domains[nonexistent]}}"),
        "nonexistent.web-platform.test"
    );
    assert_eq!(plain("{{domains[1]}}"), "1.web-platform.test");
    assert_eq!(plain("{{hosts[alt][www]}}"), "www.not-web-platform.test");
    assert_eq!(plain("{{hosts[][]}}"), "web-platform.test");
    assert_eq!(
        plain("{{not_domains[alt][nonexistent]}}"),
        "nonexistent.not-web-platform.test"
    );
    assert_eq!(plain("{{ports[http][0]}},{{ports[http][1]}}"), "8000,8001");
    assert_eq!(plain("{{ports[http][-1]}}"), "8001");
}

#[test]
fn the_requests_fields_and_query() {
    assert_eq!(plain("{{headers[x-test]}}"), "a \"b\"");
    assert_eq!(plain("{{headers[X-Two]}}"), "1, 2");
    assert_eq!(plain("{{headers[cookie]}}"), "a=1; b=2");
    assert_eq!(plain("{{headers[Host]}}"), "www.web-platform.test:8000");
    assert_eq!(plain("{{header_or_default(X-Test, none)}}"), "a \"b\"");
    assert_eq!(plain("{{header_or_default(X-No, not here)}}"), "not here");
    assert_eq!(plain("{{GET[a]}}{{GET[b]}}{{GET[c]}}{{GET[d]}}"), "1<");
}

#[test]
fn bytes_of_the_request_pass_as_they_are() {
    let (_temp, mut context) = context();
    context.head.target = Bytes::from("/x?a=%ff");
    context.head.fields.append("X-Raw", &b"\xfe"[..]);
    let result = substitute(
        b"{{GET[a]}}{{headers[X-Raw]}}",
        "/f",
        Escape::Html,
        &context,
    );
    assert_eq!(result.unwrap(), b"\xff\xfe");
}

#[test]
fn the_location() {
    assert_eq!(
        plain("{{location[server]}} {{location[host]}} {{location[pathname]}}{{location[query]}}"),
        "http://www.web-platform.test:8000 www.web-platform.test:8000 \
         /dir/page.sub.html?a=1&b=%3C&c&a=2"
    );
}

#[test]
fn both_escapes() {
    let content = "<{{headers[X-Test]}}>{{GET[b]}}";
    assert_eq!(run(content, Escape::None).unwrap(), "<a \"b\"><");
    assert_eq!(run(content, Escape::Html).unwrap(), "<a &quot;b&quot;>&lt;");
}

#[test]
fn variables_emit_keep_and_change() {
    assert_eq!(
        plain("{{$v:host}}|{{$v}}|{{$v:ports[http][0]}}|{{$v}}"),
        "web-platform.test|web-platform.test|8000|8000"
    );
    let ids = plain("{{$id:uuid()}} {{$id}}");
    let (first, second) = ids.split_once(' ').unwrap();
    assert_eq!(first, second);
    assert_eq!(reason("{{$v}}"), (2, Reason::UnknownName("$v".to_owned())));
}

#[test]
fn variables_are_escaped_each_time_and_once() {
    assert_eq!(
        run("{{$v:GET[b]}}{{$v}}", Escape::Html).unwrap(),
        "&lt;&lt;"
    );
}

#[test]
fn uuids_are_random_and_of_version_4() {
    let one = plain("{{uuid()}}");
    assert_ne!(one, plain("{{uuid()}}"));
    assert_eq!(one.len(), 36);
    let groups: Vec<_> = one.split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12]);
    assert_eq!(&one[14..15], "4");
    assert!(matches!(&one[19..20], "8" | "9" | "a" | "b"));
}

#[test]
fn digests_of_files() {
    for (algorithm, digest) in [
        ("md5", "XUFAKrxLKna5cZ2REBfFkg=="),
        ("sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00="),
        ("sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="),
    ] {
        assert_eq!(
            plain(&format!("{{{{file_hash({algorithm}, hash.txt)}}}}")),
            digest
        );
        assert_eq!(
            plain(&format!("{{{{file_hash({algorithm},/hash.txt)}}}}")),
            digest
        );
    }
    for (algorithm, length) in [("sha224", 40), ("sha384", 64), ("sha512", 88)] {
        assert_eq!(
            plain(&format!("{{{{file_hash({algorithm}, hash.txt)}}}}")).len(),
            length
        );
    }
}

#[test]
fn nothing_outside_the_root_is_hashed() {
    for path in [
        "../secret",
        "out",
        "/etc/hostname",
        "dir",
        "none",
        "",
        "a\0b",
    ] {
        let (at, reason) = reason(&format!("{{{{file_hash(md5, {path})}}}}"));
        assert_eq!(at, 11);
        assert!(matches!(reason, Reason::NoFile { .. }), "{path}: {reason}");
    }
    assert_eq!(
        reason("{{file_hash(crc32, hash.txt)}}").1,
        Reason::UnknownHash("crc32".to_owned())
    );
}

#[test]
fn what_a_template_may_have_hashed_is_bounded() {
    let (_temp, context) = context();
    let content = "{{file_hash(md5, hash.txt)}}".repeat(2100);
    let error = substitute(content.as_bytes(), "/f", Escape::None, &context).unwrap_err();
    assert!(matches!(error.reason, Reason::TooMuchToHash(_)), "{error}");
}

#[test]
fn paths_in_the_file_system() {
    assert_eq!(plain("{{fs_path(x.txt)}}"), "/srv/wpt/dir/x.txt");
    assert_eq!(plain("{{fs_path(/x/y.txt)}}"), "/srv/wpt/x/y.txt");
    assert_eq!(plain("{{fs_path(../a..b)}}"), "/srv/wpt/a..b");
    assert_eq!(plain("{{fs_path(/)}}"), "/srv/wpt");
    for path in ["../../x", "/..", "/a/../../x"] {
        assert_eq!(
            reason(&format!("{{{{fs_path({path})}}}}")).1,
            Reason::OutsideRoot(path.to_owned())
        );
    }
}

#[test]
fn paths_begin_behind_the_mount_point_and_are_decoded() {
    let (_temp, mut context) = context();
    context.head.target = Bytes::from("/mount/a%20b/c.sub.txt?x=/y/z");
    let mut facts = Facts::clone(&context.site.facts);
    facts.url_base = "/mount/".to_owned();
    context.site.facts = Arc::new(facts);
    let path = |target: &'static str| {
        let mut context = context.clone();
        context.head.target = Bytes::from(target);
        substitute(b"{{fs_path(d)}}", "/f", Escape::None, &context).unwrap()
    };
    assert_eq!(path("/mount/a%20b/c.sub.txt?x=/y/z"), b"/srv/wpt/a b/d");
    assert_eq!(path("/mount/c.sub.txt"), b"/srv/wpt/d");
}

#[test]
fn what_is_no_expression_is_content() {
    for content in [
        "", "{", "{{", "}}", "{host}", "{{host}", "{{a}b}}", "{{host",
    ] {
        assert_eq!(plain(content), content);
    }
    assert_eq!(plain("{{a}b}}{{url_base}}}"), "{{a}b}}/}");
    assert_eq!(
        plain("{{host }}{{host junk}}{{url_base\n}}"),
        "web-platform.testweb-platform.test/"
    );
}

#[test]
fn errors_have_their_place() {
    assert_eq!(reason("{{}}"), (2, Reason::NoName));
    assert_eq!(reason("{{ host}}"), (2, Reason::NoName));
    assert_eq!(reason("{{{host}}}"), (2, Reason::NoName));
    assert_eq!(reason("{{[host]}}"), (2, Reason::NoName));
    assert_eq!(reason("x{{$v:}}"), (6, Reason::NoName));
    assert_eq!(reason("{{$v:$w:host}}"), (5, Reason::NoName));
    assert_eq!(reason("{{host$v:}}"), (6, Reason::Misplaced));
    assert_eq!(reason("{{GET[a]b}}"), (8, Reason::Misplaced));
    assert_eq!(
        reason("{{nothing}}"),
        (2, Reason::UnknownName("nothing".to_owned()))
    );
    assert_eq!(
        reason("{{host[0]}}"),
        (6, Reason::NotIndexable("a text".to_owned()))
    );
    assert_eq!(
        reason("{{uuid[0]}}"),
        (6, Reason::NotIndexable("uuid".to_owned()))
    );
    assert_eq!(
        reason("{{GET(a)}}"),
        (5, Reason::NotCallable("GET".to_owned()))
    );
    let wrong = Reason::WrongCount {
        function: "uuid",
        expected: 0,
        found: 1,
    };
    assert_eq!(reason("{{uuid(x)}}"), (6, wrong));
}

#[test]
fn what_is_not_there_is_named() {
    for (content, name, key) in [
        ("{{headers[X-No]}}", "headers", "X-No"),
        ("{{domains[x]}}", "domains", "x"),
        ("{{hosts[x][www]}}", "hosts", "x"),
        ("{{ports[x][0]}}", "ports", "x"),
        ("{{ports[http][2]}}", "the list of ports", "2"),
        ("{{ports[http][-3]}}", "the list of ports", "-3"),
        ("{{ports[http][x]}}", "the list of ports", "x"),
        ("{{ports[ws][0]}}", "the list of ports", "0"),
        ("{{location[hash]}}", "location", "hash"),
    ] {
        let (name, key) = (name.to_owned(), key.to_owned());
        assert_eq!(
            reason(content).1,
            Reason::NoEntry { name, key },
            "{content}"
        );
    }
}

#[test]
fn what_has_no_text_is_refused() {
    for (content, what) in [
        ("{{uuid}}", "a function"),
        ("{{domains}}", "a table"),
        ("{{headers}}", "a table"),
        ("{{location}}", "a table"),
        ("{{ports[http]}}", "a list"),
    ] {
        let name = content[2..content.len() - 2].to_owned();
        assert_eq!(reason(content), (2, Reason::NotText { name, what }));
    }
}

#[test]
fn the_number_of_expressions_is_bounded() {
    let content = "{{url_base}}".repeat(MAX_EXPRESSIONS);
    assert_eq!(plain(&content), "/".repeat(MAX_EXPRESSIONS));
    let (at, reason) = reason(&(content.clone() + "{{host}}"));
    assert_eq!(at, content.len() + 2);
    assert_eq!(reason, Reason::TooMany(MAX_EXPRESSIONS));
}

#[test]
fn the_result_is_bounded() {
    let (_temp, mut context) = context();
    context.head.fields.append("X-Long", vec![b'x'; 64 * 1024]);
    let content = "{{headers[X-Long]}}".repeat(MAX_RESULT / (64 * 1024) + 1);
    let error = substitute(content.as_bytes(), "/f", Escape::None, &context).unwrap_err();
    assert_eq!(error.reason, Reason::TooLong(MAX_RESULT));
}
