//! Pages: they load testharness.js, and then the test itself or what runs it.

use std::fmt::Write as _;

use super::{Parts, escape};

/// What every page begins with, and its `<title>` and `<meta>` elements.
fn begin(parts: &Parts<'_>) -> String {
    let elements = parts.meta.iter().filter_map(|(key, value)| match key {
        "timeout" if value == "long" => Some("<meta name=\"timeout\" content=\"long\">".to_owned()),
        "title" => Some(format!("<title>{}</title>", escape::text(value))),
        _ => None,
    });
    let elements: Vec<String> = elements.collect();
    format!(
        "<!doctype html>\n<meta charset=utf-8>\n{}\n",
        elements.join("\n")
    )
}

/// `<script>` elements that load these.
fn load(sources: &[&str]) -> String {
    sources.iter().fold(String::new(), |mut elements, source| {
        let _ = writeln!(elements, "<script src=\"{source}\"></script>");
        elements
    })
}

/// The harness, with what else a page has of it.
fn harness(more: &[&str]) -> String {
    let mut sources = vec![
        "/resources/testharness.js",
        "/resources/testharnessreport.js",
    ];
    sources.extend(more);
    load(&sources)
}

/// A page that is the test: `kind` is the attribute of its `<script>` that says
/// what it is.
fn test(parts: &Parts<'_>, before: &str, more: &[&str], kind: &str) -> String {
    let scripts = parts.meta.all("script").map(escape::attribute);
    let scripts: Vec<String> = scripts
        .map(|source| format!("<script src=\"{source}\"></script>"))
        .collect();
    let (begin, harness, scripts) = (begin(parts), harness(more), scripts.join("\n"));
    let path = &parts.path;
    format!(
        "{begin}{before}{harness}{scripts}\n<div id=log></div>\n<script {kind}src=\"{path}\"></script>\n"
    )
}

/// A page that has its test run elsewhere, by this script.
pub(super) fn runner(parts: &Parts<'_>, more: &[&str], log: bool, script: &str) -> String {
    let (begin, harness) = (begin(parts), harness(more));
    let log = if log { "<div id=log></div>\n" } else { "" };
    format!("{begin}{harness}{log}<script>\n{script}</script>\n")
}

/// `.any.html`
pub(super) fn any(parts: &Parts<'_>) -> String {
    let global = super::global_object("window");
    test(parts, &format!("<script>\n{global}</script>\n"), &[], "")
}

/// `.window.html`
pub(super) fn window(parts: &Parts<'_>) -> String {
    test(parts, "", &[], "")
}

/// `.any.window-module.html`
pub(super) fn window_module(parts: &Parts<'_>) -> String {
    test(parts, "", &[], "type=module ")
}

/// `.extension.html`: a window with what drives a browser's extensions.
pub(super) fn extension(parts: &Parts<'_>) -> String {
    let more = [
        "/resources/testdriver.js?feature=extensions",
        "/resources/testdriver-vendor.js",
        "/resources/web-extensions-helper.js",
    ];
    test(parts, "", &more, "")
}

/// `.worker.html` and `.any.worker.html`
pub(super) fn worker(parts: &Parts<'_>) -> String {
    constructed(parts, "Worker", "")
}

/// `.any.worker-module.html`
pub(super) fn worker_module(parts: &Parts<'_>) -> String {
    constructed(parts, "Worker", MODULE)
}

/// `.any.sharedworker.html`
pub(super) fn shared_worker(parts: &Parts<'_>) -> String {
    constructed(parts, "SharedWorker", "")
}

/// `.any.sharedworker-module.html`
pub(super) fn shared_worker_module(parts: &Parts<'_>) -> String {
    constructed(parts, "SharedWorker", MODULE)
}

/// `.any.serviceworker.html`
pub(super) fn service_worker(parts: &Parts<'_>) -> String {
    let url = parts.url();
    registered(parts, &format!("\"{url}\", {{scope}}"))
}

/// `.any.serviceworker-module.html`
pub(super) fn service_worker_module(parts: &Parts<'_>) -> String {
    let url = parts.url();
    let arguments = format!("\n    \"{url}\",\n    {{ scope, type: 'module' }},\n  ");
    registered(parts, &arguments)
}

/// What makes a worker a module.
const MODULE: &str = ", { type: \"module\" }";

/// A page that makes a worker and shows what that reports.
fn constructed(parts: &Parts<'_>, class: &str, options: &str) -> String {
    let url = parts.url();
    let script = format!("fetch_tests_from_worker(new {class}(\"{url}\"{options}));\n");
    runner(parts, &[], true, &script)
}

/// The same with a service worker, new for every run: one that controls no page,
/// its scope being nowhere.
fn registered(parts: &Parts<'_>, arguments: &str) -> String {
    let script = format!(
        "(async function() {{
  const scope = 'does/not/exist';
  let reg = await navigator.serviceWorker.getRegistration(scope);
  if (reg) await reg.unregister();
  reg = await navigator.serviceWorker.register({arguments});
  fetch_tests_from_worker(reg.installing);
}})();
"
    );
    runner(parts, &[], true, &script)
}
