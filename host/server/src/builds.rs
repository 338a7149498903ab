//! How the newest build of a component went, where whoever builds says so: what
//! an author sees in the browser instead of yesterday's answer.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use host_wire::{Fields, Head};
use parking_lot::RwLock;

use crate::router;
use crate::sites::Root;

/// Builds that have no component to show: none of them costs a request more than a
/// look at a flag.
#[derive(Debug, Default)]
pub struct Builds {
    /// Whether there is any.
    any: AtomicBool,
    /// By the component's file.
    all: RwLock<HashMap<PathBuf, Build>>,
}

/// A build whose component is not there.
#[derive(Clone, Debug)]
enum Build {
    /// It goes on.
    Running,
    /// It failed; what the tools said.
    Failed(Arc<str>),
}

impl Builds {
    /// The component at this absolute path is being built: a request for it is told
    /// so, if there is no older one.
    pub fn running(&self, component: &Path) {
        self.put(component, Some(Build::Running));
    }

    /// Its build failed: requests for it get this text, in plain text or on a page.
    pub fn failed(&self, component: &Path, said: &str) {
        self.put(component, Some(Build::Failed(said.into())));
    }

    /// It is built: requests get what it answers.
    pub fn finished(&self, component: &Path) {
        self.put(component, None);
    }

    fn put(&self, component: &Path, build: Option<Build>) {
        let mut all = self.all.write();
        match build {
            Some(build) => all.insert(component.to_owned(), build),
            None => all.remove(component),
        };
        self.any.store(!all.is_empty(), Ordering::Release);
    }

    /// What a request gets for what a path names, if that is a build.
    pub(crate) fn of_path(&self, root: &Root, path: &[u8]) -> Option<Page> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let plan = router::plan(path).ok()?;
        plan.handlers.iter().find_map(|file| self.of(root, file))
    }

    /// What a request gets for this handler, if that is a build.
    pub(crate) fn of(&self, root: &Root, file: &Path) -> Option<Page> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let build = self.all.read().get(&root.folder.join(file))?.clone();
        let (status, text) = match build {
            Build::Running if root.dir.is_file(file) => return None,
            Build::Running => (503, "It is being built: ask again in a moment.\n".into()),
            Build::Failed(said) => (500, said),
        };
        let name = root.name_of(file);
        Some(Page { status, name, text })
    }
}

/// What a client is told of a build.
pub(crate) struct Page {
    pub(crate) status: u16,
    /// The handler's name.
    pub(crate) name: String,
    text: Arc<str>,
}

impl Page {
    /// Fields and content: a page for who takes HTML, as browsers do.
    pub(crate) fn answer(&self, head: &Head) -> (Fields, Bytes) {
        let mut fields = Fields::new();
        fields.append("Cache-Control", "no-store");
        if self.status == 503 {
            fields.append("Retry-After", "1");
        }
        let takes_html = head.fields.get_all("accept").any(|accept| {
            let accept = String::from_utf8_lossy(accept).to_ascii_lowercase();
            accept.contains("text/html")
        });
        let (kind, content) = match takes_html {
            true => ("text/html; charset=utf-8", self.html()),
            false => ("text/plain; charset=utf-8", self.plain()),
        };
        fields.append("Content-Type", kind);
        (fields, Bytes::from(content))
    }

    fn title(&self) -> String {
        match self.status {
            503 => format!("{} has no component yet", self.name),
            _ => format!("{} does not build", self.name),
        }
    }

    fn plain(&self) -> String {
        format!("{}\n\n{}", self.title(), self.text)
    }

    fn html(&self) -> String {
        let (title, text) = (escape(&self.title()), escape(&self.text));
        format!(
            "<!doctype html>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
             <style>\nbody {{ font: 16px system-ui, sans-serif; margin: 2em }}\n\
             pre {{ background: #f6f6f6; border-left: 4px solid #c33; padding: 1em; \
             overflow: auto; font-size: 14px }}\n</style>\n\
             <h1>{title}</h1>\n<pre>{text}</pre>\n"
        )
    }
}

/// What a compiler quotes is never taken for the page's own.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_compiler_said_is_no_markup() {
        let page = Page {
            status: 500,
            name: "/a<b".to_owned(),
            text: "<script>alert(\"&\")</script>".into(),
        };
        let html = page.html();
        assert!(html.contains("<h1>/a&lt;b does not build</h1>"), "{html}");
        assert!(html.contains("&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;"));
        assert!(page.plain().contains("<script>"));
    }
}
