//! What is served and what substitution may tell of the server.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use cap_std::fs::Dir;

use crate::Script;
use crate::pipes::Registry;

/// A folder as it is served.
#[derive(Clone, Debug)]
pub struct Site {
    /// The folder: every path is resolved beneath it.
    pub dir: Arc<Dir>,
    /// Whether `.asis` files may be written raw.
    pub raw: bool,
    /// Whether [wrappers](crate::wrappers) are made for scripts of tests.
    pub wrappers: bool,
    /// What is put into every HTML document.
    pub inject: Option<Script>,
    /// What templates can ask for.
    pub facts: Arc<Facts>,
    /// The pipes that a query can ask for.
    pub pipes: Arc<Registry>,
    /// What listings leave out.
    pub hidden: Hidden,
}

/// Tells which URL paths, percent-encoded or not, are not served. The default
/// hides nothing.
#[derive(Clone, Default)]
pub struct Hidden(Option<Arc<IsHidden>>);

type IsHidden = dyn Fn(&[u8]) -> bool + Send + Sync;

impl Hidden {
    /// Hides the paths for which `is_hidden` is true; a folder's ends in a slash.
    pub fn by(is_hidden: impl Fn(&[u8]) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(is_hidden)))
    }

    pub(crate) fn hides(&self, path: &[u8]) -> bool {
        self.0.as_ref().is_some_and(|is_hidden| is_hidden(path))
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.0.is_some() { "some" } else { "nothing" };
        write!(f, "Hidden({what})")
    }
}

/// What a template can learn of the server: wptserve's `Config`.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Where the folder is, as in `{{fs_path(…)}}` and `{{doc_root}}`.
    pub doc_root: PathBuf,
    /// The prefix under which the folder is mounted, with both slashes.
    pub url_base: String,
    /// The name of the server, as in `{{host}}`.
    pub browser_host: String,
    /// wptserve's `all_domains`: sub-domain to full name, by the alternate
    /// name of the host, which is empty for `browser_host` itself; names in
    /// their ASCII form.
    pub domains: BTreeMap<String, BTreeMap<String, String>>,
    /// Those of them that are not to resolve: wptserve's `not_domains`.
    pub not_domains: BTreeMap<String, BTreeMap<String, String>>,
    /// Ports by scheme, in order, as in `{{ports[http][0]}}`.
    pub ports: BTreeMap<String, Vec<u16>>,
    /// Every other key, with its value as text.
    pub more: BTreeMap<String, String>,
}
