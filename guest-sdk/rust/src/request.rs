//! The request.

use core::fmt;
use std::cell::OnceCell;

use crate::bindings::host::handler::request as bindings;
pub use crate::bindings::host::handler::request::{BasicCredentials, SocketAddress, UrlParts};
pub use crate::bindings::host::handler::types::Protocol;
use crate::body::{BodyPieces, BodyReader};
use crate::{BStr, BString, BodyError, MultiDict, RawInput};

/// One request: wptserve's `Request` and `H2Request`.
///
/// ```
/// use host_guest::prelude::*;
///
/// #[main]
/// fn who(request: &Request) -> Result<String> {
///     // GET, POST, cookies and auth of wptserve; names and values are bytes.
///     let name = match request.method().as_str() {
///         "POST" => request.form()?.first("name").map(|part| part.value.clone()),
///         _ => request.query().first("name").cloned(),
///     };
///     let name = name.or_else(|| request.cookies().last("name").cloned());
///     let user = request.auth().map(|auth| BString::from(auth.username));
///     Ok(match name.or(user) {
///         Some(name) => format!("{name} of {}", request.client_address()),
///         None => format!("nobody at {}", request.url()),
///     })
/// }
/// ```
///
/// Every function asks the host, except that [`headers`](Self::headers),
/// [`query`](Self::query) and [`cookies`](Self::cookies) ask once a hook.
/// Nothing is normalised: names and values are bytes ([`BString`], which
/// compares with `&str` and prints as text), the order is the client's.
pub struct Request<'a> {
    raw: &'a bindings::Request,
    headers: OnceCell<Fields>,
    query: OnceCell<MultiDict>,
    cookies: OnceCell<MultiDict>,
}

impl<'a> Request<'a> {
    pub(crate) fn new(raw: &'a bindings::Request) -> Self {
        Self {
            raw,
            headers: OnceCell::new(),
            query: OnceCell::new(),
            cookies: OnceCell::new(),
        }
    }

    /// The contract's own request.
    pub fn raw(&self) -> &bindings::Request {
        self.raw
    }

    /// The method: any token, its case as received.
    pub fn method(&self) -> String {
        self.raw.method()
    }

    /// The request target as received, query included: HTTP/2's `:path`.
    /// wptserve's `request_path`.
    pub fn target(&self) -> BString {
        self.raw.target().into()
    }

    /// The whole URL.
    pub fn url(&self) -> String {
        self.raw.url()
    }

    /// The parts of the URL, percent-encoded as received.
    pub fn url_parts(&self) -> UrlParts {
        self.raw.url_parts()
    }

    /// The path of the URL, percent-encoded as received.
    pub fn path(&self) -> String {
        self.raw.url_parts().path
    }

    /// The part of the path that stands for the folder that the handler is
    /// mounted at, with a slash at both ends; `/` unless it is.
    pub fn url_base(&self) -> String {
        self.raw.url_base()
    }

    /// What the groups of the route's pattern stand for, `*` among them. Empty
    /// for a handler that answers by its name.
    pub fn route_match(&self) -> MultiDict<String> {
        self.raw.route_match().into_iter().collect()
    }

    /// HTTP/1's first line with its line end; empty on HTTP/2.
    pub fn request_line(&self) -> BString {
        self.raw.request_line().into()
    }

    /// The version that the request came in.
    pub fn protocol(&self) -> Protocol {
        self.raw.protocol()
    }

    /// The HTTP/2 stream; 0 on HTTP/1. wptserve's `h2_stream_id`.
    pub fn stream_id(&self) -> u32 {
        self.raw.stream_id()
    }

    /// Tells connections of one host process apart.
    pub fn connection_id(&self) -> u64 {
        self.raw.connection_id()
    }

    /// Where the client is.
    pub fn client_address(&self) -> SocketAddress {
        self.raw.client_address()
    }

    /// The address that the client connected to.
    pub fn server_address(&self) -> SocketAddress {
        self.raw.server_address()
    }

    /// Every header field: order, duplicates and, on HTTP/1, case as received.
    pub fn headers(&self) -> &Fields {
        self.headers.get_or_init(|| Fields::new(self.raw.headers()))
    }

    /// One header field, its values joined by `, ` (RFC 9110 §5.3), cookies by
    /// `; ` (RFC 9113 §8.2.3).
    pub fn header(&self, name: &str) -> Option<BString> {
        match self.headers.get() {
            Some(headers) => headers.get(name),
            None => self.raw.header(name).map(BString::from),
        }
    }

    /// The trailer fields; empty until the body has been read to its end.
    pub fn trailers(&self) -> Fields {
        Fields::new(self.raw.trailers())
    }

    /// The query's pairs, percent-decoded: wptserve's `GET`.
    pub fn query(&self) -> &MultiDict {
        self.query.get_or_init(|| pairs(self.raw.query()))
    }

    /// The cookies of every Cookie field. A quoted value keeps its quotes. Of
    /// one name wptserve's `cookies[name]` is the last.
    pub fn cookies(&self) -> &MultiDict {
        self.cookies.get_or_init(|| pairs(self.raw.cookies()))
    }

    /// Basic credentials; none when there are none, they are malformed or of
    /// another scheme, for which there is [`header`](Self::header). wptserve's
    /// `auth`.
    pub fn auth(&self) -> Option<BasicCredentials> {
        self.raw.authorization()
    }

    /// The whole body. May be called again; not after it was taken by pieces.
    /// Bounded: what is larger comes by pieces.
    pub fn body(&self) -> Result<Vec<u8>, BodyError> {
        self.raw.body()
    }

    /// The body by pieces of `max` bytes at most (0: the host's choice), as
    /// they arrive. What is not taken is not acknowledged, so the client waits
    /// for a handler that is slow, and no body is too large.
    pub fn body_pieces(&self, max: u32) -> BodyPieces<'_> {
        BodyPieces::new(self.raw, max)
    }

    /// The body as a [`std::io::Read`], by pieces.
    pub fn body_reader(&self) -> BodyReader<'_> {
        BodyReader::new(self.raw)
    }

    /// The body as a file that can be sought.
    pub fn raw_input(&self) -> RawInput {
        RawInput::new(self.raw.raw_input())
    }

    /// The fields and files of a form: wptserve's `POST`. Empty when the body
    /// is no form. A POST without a Content-Type is one.
    pub fn form(&self) -> Result<Form, BodyError> {
        let parts = self.raw.form()?.into_iter();
        Ok(parts
            .map(|part| (part.name.clone(), FormPart::new(part)))
            .collect())
    }
}

fn pairs(pairs: Vec<(Vec<u8>, Vec<u8>)>) -> MultiDict {
    pairs
        .into_iter()
        .map(|(name, value)| (name, BString::from(value)))
        .collect()
}

/// The fields of a form by name, files among them.
pub type Form = MultiDict<FormPart>;

/// A field of a form; a file when it has a file name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPart {
    /// The file name that the client gave: not to be trusted as a path. Empty
    /// where no file was chosen, which wptserve takes for no file.
    pub filename: Option<BString>,
    /// The part's own fields. None in an urlencoded form.
    pub headers: Fields,
    /// The content.
    pub value: BString,
}

impl FormPart {
    fn new(part: bindings::FormPart) -> Self {
        Self {
            filename: part.filename.map(BString::from),
            headers: Fields::new(part.headers),
            value: part.value.into(),
        }
    }

    /// The part's own Content-Type, if it has one.
    pub fn content_type(&self) -> Option<BString> {
        self.headers.get("content-type")
    }
}

/// Header or trailer fields as received. Names are compared without case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    fields: Vec<(BString, BString)>,
}

impl Fields {
    fn new(fields: Vec<(Vec<u8>, Vec<u8>)>) -> Self {
        let fields = fields
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        Self {
            fields: fields.collect(),
        }
    }

    /// The values of one name joined by `, `, cookies by `; `; none when it is
    /// absent.
    pub fn get(&self, name: &str) -> Option<BString> {
        let separator = match name.eq_ignore_ascii_case("cookie") {
            true => b"; ".as_slice(),
            false => b", ",
        };
        let values: Vec<&[u8]> = self.get_list(name).map(|value| &**value).collect();
        (!values.is_empty()).then(|| values.join(separator).into())
    }

    /// The values of one name, in order.
    pub fn get_list<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a BStr> + 'a {
        let of_name =
            move |(other, _): &(&BStr, &BStr)| other.eq_ignore_ascii_case(name.as_bytes());
        self.iter().filter(of_name).map(|(_, value)| value)
    }

    /// Whether the name occurs.
    pub fn contains(&self, name: &str) -> bool {
        self.get_list(name).next().is_some()
    }

    /// Each name in lower case with its values, both in order: wptserve's
    /// `headers.items`.
    pub fn items(&self) -> MultiDict<BString> {
        let lines = self.fields.iter();
        lines
            .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
            .collect()
    }

    /// Every field, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&BStr, &BStr)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// Number of fields.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

/// A line for each field, as received but for bytes that are not UTF-8:
/// wptserve's `str(request.raw_headers)`.
impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.iter();
        lines.try_for_each(|(name, value)| writeln!(f, "{name}: {value}"))
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2.0",
        })
    }
}

impl fmt::Display for SocketAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ip.contains(':') {
            true => write!(f, "[{}]:{}", self.ip, self.port),
            false => write!(f, "{}:{}", self.ip, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_without_case_and_joined() {
        let field = |name: &str, value: &str| (name.into(), value.into());
        let fields = Fields::new(vec![
            field("Test", "a"),
            field("x", "b"),
            field("test", "c"),
        ]);
        assert_eq!(fields.get("TEST").unwrap(), "a, c");
        assert_eq!(fields.get_list("test").collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(fields.get("y"), None);
        assert!(fields.contains("X") && !fields.contains("y"));
        assert_eq!(fields.iter().next().unwrap().0, "Test");
        assert_eq!(fields.items().get_list("test").count(), 2);
        assert_eq!(fields.to_string(), "Test: a\nx: b\ntest: c\n");
        let crumbs = ["a=1", "b=2"].map(|crumb| field("Cookie", crumb));
        assert_eq!(
            Fields::new(crumbs.into()).get("cookie").unwrap(),
            "a=1; b=2"
        );
    }

    #[test]
    fn addresses_read_as_usual() {
        let of = |ip: &str| {
            SocketAddress {
                ip: ip.into(),
                port: 80,
            }
            .to_string()
        };
        assert_eq!(of("127.0.0.1"), "127.0.0.1:80");
        assert_eq!(of("::1"), "[::1]:80");
    }
}
