//! The functions of a template.

use std::borrow::Cow;
use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cap_std::fs::Dir;
use host_wire::Head;
use md5::Md5;
use percent_encoding::percent_decode;
use sha1::Sha1;
use sha2::digest::Digest;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::Context;
use super::error::Reason;
use super::location::Location;
use crate::BLOCK;

/// Bytes that one template may have hashed, counting each file as one block at
/// least. It bounds how long a template keeps a thread: about a second.
const MAX_HASHED: u64 = 256 * 1024 * 1024;

/// What can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Uuid,
    FileHash,
    FsPath,
    HeaderOrDefault,
}

/// How much of [`MAX_HASHED`] a template has used.
#[derive(Debug, Default)]
pub(crate) struct Hashing {
    used: u64,
}

impl Function {
    /// The function of that name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        [
            Self::Uuid,
            Self::FileHash,
            Self::FsPath,
            Self::HeaderOrDefault,
        ]
        .into_iter()
        .find(|function| function.name() == name)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::FileHash => "file_hash",
            Self::FsPath => "fs_path",
            Self::HeaderOrDefault => "header_or_default",
        }
    }

    pub(crate) fn call(
        self,
        arguments: &[String],
        context: &Context,
        hashing: &mut Hashing,
    ) -> Result<Vec<u8>, Reason> {
        let wrong = |expected| Reason::WrongCount {
            function: self.name(),
            expected,
            found: arguments.len(),
        };
        match (self, arguments) {
            (Self::Uuid, []) => uuid(),
            (Self::Uuid, _) => Err(wrong(0)),
            (Self::FileHash, [algorithm, path]) => hashing.file(&context.site.dir, algorithm, path),
            (Self::FsPath, [path]) => fs_path(path, context),
            (Self::FsPath, _) => Err(wrong(1)),
            (Self::HeaderOrDefault, [name, default]) => {
                Ok(header(name, &context.head)
                    .map_or_else(|| default.clone().into(), Cow::into_owned))
            }
            (Self::FileHash | Self::HeaderOrDefault, _) => Err(wrong(2)),
        }
    }
}

/// Every value of the field, joined. Without a `Host` field, HTTP/2's
/// `:authority` stands for it (RFC 9113 §8.3.1).
pub(crate) fn header<'a>(name: &str, head: &'a Head) -> Option<Cow<'a, [u8]>> {
    let authority = || {
        let authority = head.authority.as_deref()?;
        let is_host = name.eq_ignore_ascii_case("host");
        is_host.then_some(Cow::Borrowed(authority))
    };
    head.fields.joined(name).or_else(authority)
}

/// A random UUID (RFC 9562 §5.4).
pub(crate) fn uuid() -> Result<Vec<u8>, Reason> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Reason::NoRandom)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (n, byte) in bytes.iter().enumerate() {
        if matches!(n, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    Ok(text.into())
}

/// Where the file that `path` names is: below the root for a path that begins
/// with `/`, else beside the file that was asked for.
fn fs_path(path: &str, context: &Context) -> Result<Vec<u8>, Reason> {
    let outside = || Reason::OutsideRoot(path.to_owned());
    let facts = &context.site.facts;
    let requested: Vec<u8> = percent_decode(Location::of(&context.head).path).collect();
    let mut parts: Vec<&[u8]> = Vec::new();
    if !path.starts_with('/') {
        let below = requested
            .strip_prefix(facts.url_base.as_bytes())
            .unwrap_or(&requested);
        parts.extend(below.split(|b| *b == b'/'));
        parts.pop();
    }
    parts.extend(path.as_bytes().split(|b| *b == b'/'));
    let mut below: Vec<&[u8]> = Vec::new();
    for part in parts {
        match part {
            b"" | b"." => {}
            b".." => drop(below.pop().ok_or_else(outside)?),
            part => below.push(part),
        }
    }
    let root = facts.doc_root.as_os_str().as_encoded_bytes();
    let mut whole = root.strip_suffix(b"/").unwrap_or(root).to_vec();
    for part in below {
        whole.push(b'/');
        whole.extend_from_slice(part);
    }
    Ok(whole)
}

impl Hashing {
    /// The digest of a file below `dir`, in base64.
    fn file(&mut self, dir: &Dir, algorithm: &str, path: &str) -> Result<Vec<u8>, Reason> {
        match algorithm {
            "md5" => self.digest::<Md5>(dir, path),
            "sha1" => self.digest::<Sha1>(dir, path),
            "sha224" => self.digest::<Sha224>(dir, path),
            "sha256" => self.digest::<Sha256>(dir, path),
            "sha384" => self.digest::<Sha384>(dir, path),
            "sha512" => self.digest::<Sha512>(dir, path),
            other => Err(Reason::UnknownHash(other.to_owned())),
        }
    }

    fn digest<D: Digest>(&mut self, dir: &Dir, path: &str) -> Result<Vec<u8>, Reason> {
        let failed = |error: std::io::Error| Reason::NoFile {
            path: path.to_owned(),
            problem: error.to_string(),
        };
        let below = path.trim_start_matches('/');
        // Asked before opening, since opening a FIFO waits for its writer.
        if !dir.metadata(below).map_err(failed)?.is_file() {
            return Err(failed(std::io::ErrorKind::NotFound.into()));
        }
        let mut file = dir.open(below).map_err(failed)?;
        let mut digest = D::new();
        let mut block = vec![0; BLOCK];
        loop {
            self.used += BLOCK as u64;
            if self.used > MAX_HASHED {
                return Err(Reason::TooMuchToHash(MAX_HASHED));
            }
            match file.read(&mut block).map_err(failed)? {
                0 => return Ok(STANDARD.encode(digest.finalize()).into()),
                read => digest.update(&block[..read]),
            }
        }
    }
}
