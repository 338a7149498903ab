//! Tests in a ShadowRealm: a page or a worker that makes the realm and evaluates
//! in it, with the help of wpt's `testharness-shadowrealm-*.js`.
//!
//! A realm takes script as text, so that script stands in template literals of
//! script, one deeper for each realm.

use super::{Parts, escape, html};

const OUTER: &str = "/resources/testharness-shadowrealm-outer.js";
const INNER: &str = "/resources/testharness-shadowrealm-inner.js";
const HARNESS: &str = "/resources/testharness.js";

/// How a realm loads a script: `import`, or what stands for it in realms without.
#[derive(Clone, Copy)]
enum Import {
    Dynamic,
    Fake,
}

impl Import {
    /// Script that waits until these are loaded; what they are called is already
    /// fit for a string.
    fn all<'a>(self, urls: impl IntoIterator<Item = &'a str>) -> String {
        let name = match self {
            Self::Dynamic => "import",
            Self::Fake => "fakeDynamicImport",
        };
        let lines = urls
            .into_iter()
            .map(|url| format!("await {name}(\"{url}\");\n"));
        lines.collect()
    }

    /// The same for what every realm needs.
    fn harness(self) -> String {
        self.all([INNER, HARNESS])
    }

    /// The same for the test, behind the scripts that it asks for.
    fn test(self, parts: &Parts<'_>) -> String {
        let own: Vec<String> = parts
            .meta
            .all("script")
            .map(escape::string_in_html)
            .collect();
        self.all(own.iter().map(String::as_str).chain([&parts.path[..]]))
    }
}

/// A statement that has script evaluated in a realm, and waits for its end.
fn evaluate(realm: &str, script: &str) -> String {
    let script = escape::literal(script);
    format!("await shadowRealmEvalAsync({realm}, `\n{script}`);\n")
}

/// A page whose script this is; what goes wrong is an error of the harness.
fn page(parts: &Parts<'_>, script: &str) -> String {
    let script =
        format!("(async function() {{\n{script}}})().catch(e => setup(() => {{ throw e; }}));\n");
    html::runner(parts, &[OUTER], false, &script)
}

/// `.any.shadowrealm-in-window.html`
pub(super) fn in_window(parts: &Parts<'_>) -> String {
    let harness = evaluate("r", &Import::Dynamic.harness());
    let test = evaluate("r", &Import::Dynamic.test(parts));
    let script = format!(
        "const r = new ShadowRealm();
{harness}r.evaluate(\"setShadowRealmGlobalProperties\")(location.search, fetchAdaptor);
{test}await fetch_tests_from_shadow_realm(r);
done();
"
    );
    page(parts, &script)
}

/// `.any.shadowrealm-in-shadowrealm.html`
pub(super) fn in_shadow_realm(parts: &Parts<'_>) -> String {
    let inner_harness = evaluate("inner", &Import::Dynamic.harness());
    let harness = evaluate("outer", &(Import::Dynamic.all([OUTER]) + &inner_harness));
    let inner_test = evaluate("inner", &Import::Dynamic.test(parts));
    let test = evaluate("outer", &inner_test);
    let script = format!(
        "const outer = new ShadowRealm();
outer.evaluate(`var inner = new ShadowRealm();`);
{harness}outer.evaluate(`inner.evaluate(\"setShadowRealmGlobalProperties\")`)(location.search, fetchAdaptor);
{test}outer.evaluate(`
function begin_shadow_realm_tests(windowCallback) {{
inner.evaluate(\"begin_shadow_realm_tests\")(windowCallback);
}}
`);
await fetch_tests_from_shadow_realm(outer);
done();
"
    );
    page(parts, &script)
}

/// `.https.any.shadowrealm-in-audioworklet.html`
pub(super) fn in_audio_worklet(parts: &Parts<'_>) -> String {
    let url = parts.url();
    let modules = [
        OUTER,
        "/resources/testharness-shadowrealm-audioworkletprocessor.js",
        &url,
    ];
    let modules: String = modules
        .iter()
        .map(|module| format!("await context.audioWorklet.addModule(\"{module}\");\n"))
        .collect();
    let script = format!(
        "(async function() {{
const context = new AudioContext();
{modules}const node = new AudioWorkletNode(context, \"test-runner\");
setupFakeFetchOverMessagePort(node.port);
fetch_tests_from_worker(node.port);
}})();
"
    );
    html::runner(parts, &[OUTER], false, &script)
}

/// `.any.worker-shadowrealm.js`
pub(super) fn worker(parts: &Parts<'_>) -> String {
    worker_with(parts, "", Import::Dynamic)
}

/// `.any.serviceworker-shadowrealm.js`
pub(super) fn service_worker(parts: &Parts<'_>) -> String {
    let setup = "setupFakeDynamicImportInShadowRealm(r, fetchAdaptor);\n";
    worker_with(parts, setup, Import::Fake)
}

fn worker_with(parts: &Parts<'_>, setup: &str, import: Import) -> String {
    let search = &parts.query;
    let run = in_realm(
        parts,
        setup,
        import,
        &format!("(\"{search}\", fetchAdaptor)"),
        "post",
    );
    format!(
        "
importScripts(\"{OUTER}\");
(async function() {{
const post = await getPostMessageFunc();
{run}}})();
"
    )
}

/// `.any.audioworklet-shadowrealm.js`
pub(super) fn audio_worklet(parts: &Parts<'_>) -> String {
    let setup = "const adaptor = this.fetchOverPortExecutor.bind(this);
setupFakeDynamicImportInShadowRealm(r, adaptor);
";
    let arguments = "(search, adaptor)";
    let run = in_realm(parts, setup, Import::Fake, arguments, "post");
    format!(
        "
TestRunner.prototype.createShadowRealmAndStartTests = async function() {{
const post = message => this.port.postMessage(message);
const query = import.meta.url.split('?')[1];
const search = query ? '?' + query : '';
{run}}};
"
    )
}

/// Makes a realm, loads harness and test into it and posts what they report, or
/// the error.
fn in_realm(parts: &Parts<'_>, setup: &str, import: Import, arguments: &str, post: &str) -> String {
    let harness = evaluate("r", &import.harness());
    let test = evaluate("r", &import.test(parts));
    format!(
        "try {{
const r = new ShadowRealm();
{setup}{harness}r.evaluate(\"setShadowRealmGlobalProperties\"){arguments};
{test}r.evaluate(\"begin_shadow_realm_tests\")(message => {post}(JSON.parse(message)));
}} catch (e) {{
{post}(createSetupErrorResult(e));
}}
"
    )
}
