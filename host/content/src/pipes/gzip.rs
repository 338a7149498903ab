//! `gzip`: compresses the content (RFC 1952) and says so.

use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::arguments::Call;
use super::error::Wrong;
use super::held::{Held, Taken};
use super::{Applied, Pipe};
use crate::blocking::blocking;
use crate::template::Context;
use crate::{Body, Piece, Pull, Response, Source};

/// Compressed bytes that are made before the answer begins. Content that ends
/// within them has a Content-Length, as every one of wptserve's; a longer one is
/// compressed while it is sent.
const MAX_AHEAD: usize = 1024 * 1024;

struct Gzip;

pub(crate) fn make(call: &Call) -> Result<Box<dyn Pipe>, Wrong> {
    call.expect(0, 0)?;
    Ok(Box::new(Gzip))
}

impl Pipe for Gzip {
    fn apply<'a>(self: Box<Self>, mut response: Response, _: &'a Arc<Context>) -> Applied<'a> {
        Box::pin(async move {
            response.fields.set("Content-Encoding", "gzip");
            // Whatever it said, the length is another one now.
            response.fields.remove(b"content-length");
            response.body = ahead(Body::from_source(Compressed {
                body: response.body,
                encoder: Some(GzEncoder::new(Vec::new(), Compression::default())),
            }))
            .await?;
            Ok(response)
        })
    }
}

/// The same body with its beginning made already; all of it, if it is short.
async fn ahead(mut body: Body) -> io::Result<Body> {
    let Taken { held, ended } = Taken::until(&mut body, MAX_AHEAD).await?;
    let beginning = Held::behind(held.paused, held.bytes.into());
    Ok(match ended {
        true => beginning,
        false => Body::chain([beginning, body]),
    })
}

/// Content that is compressed piece by piece.
struct Compressed {
    body: Body,
    /// `None` once the end has been written.
    encoder: Option<GzEncoder<Vec<u8>>>,
}

impl Source for Compressed {
    fn length(&self) -> Option<u64> {
        None
    }

    fn next(&mut self) -> Pull<'_> {
        Box::pin(async {
            while let Some(mut encoder) = self.encoder.take() {
                let data = match self.body.next().await? {
                    Some(Piece::Data(data)) => data,
                    Some(pause) => {
                        self.encoder = Some(encoder);
                        return Ok(Some(pause));
                    }
                    None => return Ok(Some(Piece::Data(encoder.finish()?.into()))),
                };
                let write = move || {
                    encoder.write_all(&data)?;
                    let out = std::mem::take(encoder.get_mut());
                    Ok::<_, io::Error>((encoder, Bytes::from(out)))
                };
                let (encoder, out) = blocking(write).await?;
                self.encoder = Some(encoder);
                if !out.is_empty() {
                    return Ok(Some(Piece::Data(out)));
                }
            }
            Ok(None)
        })
    }
}
