//! Scripts of workers: they load testharness.js and then the test.

use super::{Parts, escape, global_object};

/// `.any.worker.js`: of dedicated, shared and service workers.
pub(super) fn classic(parts: &Parts<'_>) -> String {
    script(
        parts,
        |url| format!("importScripts(\"{url}\");"),
        // Without a semicolon, as upstream has it: the line is its end.
        |url| format!("importScripts(\"{url}\")"),
    )
}

/// `.any.worker-module.js`
pub(super) fn module(parts: &Parts<'_>) -> String {
    let import = |url: &str| format!("import \"{url}\";");
    script(parts, import, import)
}

fn script(
    parts: &Parts<'_>,
    import: impl Fn(&str) -> String,
    import_own: impl Fn(&str) -> String,
) -> String {
    let lines = parts.meta.iter().filter_map(|(key, value)| match key {
        "script" => Some(import_own(&escape::string(value))),
        "title" => Some(format!("self.META_TITLE = \"{}\";", escape::string(value))),
        _ => None,
    });
    let lines: Vec<String> = lines.collect();
    let (global, harness) = (global_object("worker"), import("/resources/testharness.js"));
    let (own, test) = (lines.join("\n"), import(&parts.path));
    // The empty line is where a page has its elements.
    format!("\n{global}{harness}\n{own}\n{test}\ndone();\n")
}
