//! `request`: facts about the request, and its body.

use std::net::SocketAddr;

use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use host_wire::query;
use wasmtime::component::Resource;

use super::generated::host::handler::request::{
    BasicCredentials, Field, FormPart, Host, HostRequest, Pair, SocketAddress, UrlParts,
};
use super::types::{BodyError, Protocol};
use super::{RawInput, Request, SINGLETON, to_guest, values};
use crate::state::State;
use crate::{cookies, form, url};

impl Host for State {}

impl HostRequest for State {
    fn method(&mut self, _: Resource<Request>) -> String {
        String::from_utf8_lossy(&self.exchange.head().method).into_owned()
    }

    fn target(&mut self, _: Resource<Request>) -> Vec<u8> {
        self.exchange.head().target.to_vec()
    }

    fn url(&mut self, _: Resource<Request>) -> String {
        url::of(self.exchange.head())
    }

    fn url_parts(&mut self, _: Resource<Request>) -> UrlParts {
        url::parts(&url::of(self.exchange.head()))
    }

    fn url_base(&mut self, _: Resource<Request>) -> String {
        self.context.route.url_base.clone()
    }

    fn route_match(&mut self, _: Resource<Request>) -> Vec<(String, String)> {
        self.context.route.captures.clone()
    }

    fn request_line(&mut self, _: Resource<Request>) -> Vec<u8> {
        self.exchange.head().request_line.to_vec()
    }

    fn protocol(&mut self, _: Resource<Request>) -> Protocol {
        match self.exchange.head().protocol {
            host_wire::Protocol::Http10 => Protocol::Http10,
            host_wire::Protocol::Http11 => Protocol::Http11,
            host_wire::Protocol::Http2 => Protocol::Http2,
        }
    }

    fn stream_id(&mut self, _: Resource<Request>) -> u32 {
        self.exchange.head().stream_id
    }

    fn connection_id(&mut self, _: Resource<Request>) -> u64 {
        self.exchange.head().connection.id
    }

    fn client_address(&mut self, _: Resource<Request>) -> SocketAddress {
        address(self.exchange.head().connection.peer)
    }

    fn server_address(&mut self, _: Resource<Request>) -> SocketAddress {
        address(self.exchange.head().connection.local)
    }

    fn headers(&mut self, _: Resource<Request>) -> Vec<Field> {
        to_guest(&self.exchange.head().fields)
    }

    fn header(&mut self, _: Resource<Request>, name: String) -> Option<Vec<u8>> {
        let joined = self.exchange.head().fields.joined(&name)?;
        Some(joined.into_owned())
    }

    fn header_values(&mut self, _: Resource<Request>, name: String) -> Vec<Vec<u8>> {
        values(&self.exchange.head().fields, &name)
    }

    fn trailers(&mut self, _: Resource<Request>) -> Vec<Field> {
        to_guest(&self.body.trailer_fields())
    }

    fn query(&mut self, _: Resource<Request>) -> Vec<Pair> {
        query::pairs(query::of(&self.exchange.head().target)).collect()
    }

    fn cookies(&mut self, _: Resource<Request>) -> Vec<Pair> {
        cookies::of(&self.exchange.head().fields)
    }

    fn authorization(&mut self, _: Resource<Request>) -> Option<BasicCredentials> {
        basic(self.exchange.head().fields.get("authorization")?)
    }

    async fn read_body(
        &mut self,
        _: Resource<Request>,
        max: u32,
    ) -> Result<Option<Vec<u8>>, BodyError> {
        let (body, mut source) = self.body();
        body.read(&mut source, max).await
    }

    async fn body(&mut self, _: Resource<Request>) -> Result<Vec<u8>, BodyError> {
        let (body, mut source) = self.body();
        Ok(body.whole(&mut source).await?.to_vec())
    }

    fn raw_input(&mut self, _: Resource<Request>) -> Resource<RawInput> {
        Resource::new_own(SINGLETON)
    }

    async fn form(&mut self, _: Resource<Request>) -> Result<Vec<FormPart>, BodyError> {
        let head = self.exchange.head();
        let method = head.method.clone();
        let kind = head.fields.get("content-type").cloned();
        let (body, mut source) = self.body();
        form::parse(&method, kind.as_deref(), body.whole(&mut source).await?)
    }

    fn drop(&mut self, _: Resource<Request>) -> wasmtime::Result<()> {
        Ok(())
    }
}

fn address(address: SocketAddr) -> SocketAddress {
    SocketAddress {
        ip: address.ip().to_canonical().to_string(),
        port: address.port(),
    }
}

/// Credentials of RFC 7617. The scheme's name has no case (RFC 9110 §11.1).
fn basic(value: &[u8]) -> Option<BasicCredentials> {
    /// Padding may be missing: what is meant is clear without it.
    const BASE64: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let space = value.iter().position(|b| *b == b' ')?;
    let (scheme, rest) = value.split_at(space);
    if !scheme.eq_ignore_ascii_case(b"basic") {
        return None;
    }
    let pair = BASE64.decode(rest.trim_ascii()).ok()?;
    let colon = pair.iter().position(|b| *b == b':')?;
    Some(BasicCredentials {
        username: pair[..colon].to_vec(),
        password: pair[colon + 1..].to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_split_at_the_first_colon() {
        let both = |value: &str| basic(value.as_bytes()).map(|c| (c.username, c.password));
        let expected = Some((b"user".to_vec(), b"p:w".to_vec()));
        assert_eq!(both("Basic dXNlcjpwOnc="), expected);
        assert_eq!(both("bAsIc   dXNlcjpwOnc"), expected);
        for malformed in [
            "",
            "Basic",
            "Basic !",
            "Basic dXNlcg==",
            "Bearer dXNlcjpwOnc=",
        ] {
            assert_eq!(both(malformed), None, "{malformed}");
        }
    }
}
