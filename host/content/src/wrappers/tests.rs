use proptest::prelude::*;

use super::*;

/// What a wrapper is for a script of these lines, asked for with `?a=b`.
fn written(wrapper: &Wrapper, script: &str) -> String {
    let meta = Meta::read(script.as_bytes(), "t").unwrap();
    (wrapper.write)(&Parts {
        meta: &meta,
        path: format!("/t{}", wrapper.loads),
        query: "?a=b".to_owned(),
    })
}

/// A script without what strings hold: what is left is what it does. Template
/// literals hold script.
fn script_skeleton(script: &str) -> String {
    let mut skeleton = String::new();
    let mut chars = script.chars();
    while let Some(c) = chars.next() {
        skeleton.push(c);
        if c != '"' && c != '`' {
            continue;
        }
        let mut inside = String::new();
        loop {
            match chars.next().expect("a string ends") {
                '\\' => inside.push(chars.next().expect("a character is escaped")),
                end if end == c => break,
                '\n' | '\r' if c == '"' => panic!("a string ends in its line: {script}"),
                other => inside.push(other),
            }
        }
        if c == '`' {
            skeleton += &script_skeleton(&inside);
        }
        skeleton.push(c);
    }
    skeleton
}

/// A page without what a title and attributes hold, its scripts as above.
fn page_skeleton(page: &str) -> String {
    let mut skeleton = String::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let in_title = skeleton.ends_with("<title>");
        skeleton += if in_title { "" } else { &rest[..at] };
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("<script>") {
            let end = after.to_ascii_lowercase().find("</script").expect("an end");
            skeleton += &format!("<script>{}", script_skeleton(&after[..end]));
            rest = &after[end..];
        }
        let mut is_quoted = false;
        let end = rest.find(|c| {
            is_quoted ^= c == '"';
            if !is_quoted || c == '"' {
                skeleton.push(c);
            }
            c == '>' && !is_quoted
        });
        rest = &rest[end.expect("a tag ends") + 1..];
    }
    skeleton + rest
}

fn skeleton(wrapper: &Wrapper, script: &str) -> String {
    let text = written(wrapper, script);
    match wrapper.suffix.ends_with(".html") {
        true => page_skeleton(&text),
        false => script_skeleton(&text),
    }
}

#[test]
fn names_say_what_is_made_of_what() {
    for (path, suffix, source) in [
        ("a.any.html", ".any.html", "a.any.js"),
        ("d/a.b.any.worker.html", ".any.worker.html", "d/a.b.any.js"),
        ("a.worker.html", ".worker.html", "a.worker.js"),
        ("a.any.any.worker.js", ".any.worker.js", "a.any.any.js"),
        ("a.window.html", ".window.html", "a.window.js"),
        (
            "a.https.any.shadowrealm-in-serviceworker.html",
            ".https.any.shadowrealm-in-serviceworker.html",
            "a.any.js",
        ),
    ] {
        let (wrapper, found) = Wrapper::of(Path::new(path)).unwrap();
        assert_eq!(
            (wrapper.suffix, &*found),
            (suffix, Path::new(source)),
            "{path}"
        );
    }
    for path in [
        "",
        "a.html",
        "a.any.js",
        "a.worker.js",
        "a.worker-module.html",
        "a.any.html/b",
    ] {
        assert!(Wrapper::of(Path::new(path)).is_none(), "{path}");
    }
}

#[test]
fn every_name_has_its_own_wrapper_and_what_it_loads_is_there() {
    for wrapper in &ALL {
        let name = format!("t{}", wrapper.suffix);
        let (found, _) = Wrapper::of(Path::new(&name)).unwrap();
        assert_eq!(found.suffix, wrapper.suffix, "an earlier one hides it");
        if wrapper.loads != wrapper.source {
            let loaded = ALL.iter().find(|other| other.suffix == wrapper.loads);
            assert_eq!(loaded.unwrap().source, wrapper.source);
        }
        assert!(written(wrapper, "").contains(&format!("/t{}", wrapper.loads)));
    }
}

#[test]
fn a_page_is_its_parts_in_their_order() {
    let (any, _) = Wrapper::of(Path::new("t.any.html")).unwrap();
    let page = written(
        any,
        "// META: title=T\n// META: script=a.js\n// META: script=b.js\n",
    );
    let order = [
        "<!doctype html>",
        "<meta charset=utf-8>",
        "<title>T</title>",
        "self.GLOBAL = {",
        "isWindow: function() { return true; }",
        "isWorker: function() { return false; }",
        "<script src=\"/resources/testharness.js\"></script>",
        "<script src=\"/resources/testharnessreport.js\"></script>",
        "<script src=\"a.js\"></script>",
        "<script src=\"b.js\"></script>",
        "<div id=log></div>",
        "<script src=\"/t.any.js\"></script>",
    ];
    let places: Vec<_> = order.iter().map(|part| page.find(part)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{page}"
    );
}

#[test]
fn a_realm_is_given_script_as_text() {
    let (page, _) = Wrapper::of(Path::new("t.any.shadowrealm-in-shadowrealm.html")).unwrap();
    let page = written(page, "// META: script=a`${b}\"c.js\n");
    // Three deep: a string, in a literal, in a literal.
    assert!(
        page.contains(r#"await import("a\\\`\\\${b}\\\\"c.js");"#),
        "{page}"
    );
    assert!(page.contains("<script src=\"/resources/testharness-shadowrealm-outer.js\"></script>"));
    for (name, part) in [
        ("t.any.worker-shadowrealm.js", "(\"?a=b\", fetchAdaptor);"),
        (
            "t.any.serviceworker-shadowrealm.js",
            "await fakeDynamicImport(\"/t.any.js\");",
        ),
        ("t.any.audioworklet-shadowrealm.js", "(search, adaptor);"),
        (
            "t.https.any.shadowrealm-in-audioworklet.html",
            "addModule(\"/t.any.audioworklet-shadowrealm.js?a=b\");",
        ),
    ] {
        let (wrapper, _) = Wrapper::of(Path::new(name)).unwrap();
        let text = written(wrapper, "");
        assert!(text.contains(part), "{text}");
    }
}

proptest! {
    #[test]
    fn no_meta_line_leaves_its_place(
        lines in prop::collection::vec(("title|script|timeout|global|x", prop_oneof![
            "[^\r\n]*",
            "[a-z]*(</script>|</title>|-->|\"|'|`|\\$\\{|\\}|\\\\|<|>|&|//|\u{2028}|\r){1,4}[a-z]*",
        ]), 0..4),
    ) {
        let script = |value: &dyn Fn(&str) -> String| -> String {
            let lines = lines.iter().map(|(key, given)| {
                // A timeout's value decides whether there is an element.
                let value = if key == "timeout" { given.clone() } else { value(given) };
                format!("// META: {key}={value}\n")
            });
            lines.collect()
        };
        for wrapper in &ALL {
            prop_assert_eq!(
                skeleton(wrapper, &script(&str::to_owned)),
                skeleton(wrapper, &script(&|_| "x".to_owned())),
                "{}", wrapper.suffix
            );
        }
    }
}
